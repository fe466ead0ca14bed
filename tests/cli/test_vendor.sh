#!/bin/sh
# scripts/vendor.sh: a failed download and a wrong package are errors; existing files are kept. A fake
# npm replaces the real one.
. "$(dirname "$0")/lib.sh"
mkdir -p project/scripts programs
cp "$SOURCE/scripts/vendor.sh" project/scripts/
vendor=project/src/report/vendor
PATH=$work/programs:$PATH

cat >programs/npm <<'END'
#!/bin/sh
exit 1
END
chmod +x programs/npm
expect 1 project/scripts/vendor.sh
has err "npm cannot fetch vega 6"
[ -z "$(ls -A $vendor)" ] || fail "files are left: $(ls -A $vendor)"

# A package with the right name and wrong contents.
name=$(sed -n 's/^vega \([0-9.]*\) .*/vega-\1.tgz/p' project/scripts/vendor.sh)
mkdir -p made/package/build
echo 'alert(1)' >made/package/build/vega.min.js
echo licence >made/package/LICENSE
tar -czf "$name" -C made package
cat >programs/npm <<END
#!/bin/sh
cp "$work/$name" "\$4"
END
expect 1 project/scripts/vendor.sh
has err "its SHA-512 differs"
[ -z "$(ls -A $vendor)" ] || fail "files are left: $(ls -A $vendor)"

# Existing files of the right versions are not fetched again; a changed version is.
cp "$SOURCE"/src/report/vendor/* $vendor/
echo 'exit 1' >programs/npm
expect 0 project/scripts/vendor.sh
same $vendor/vega.min.js "$SOURCE/src/report/vendor/vega.min.js"
sed -i 's/^vega [0-9.]* /vega 0.0.1 /' project/scripts/vendor.sh
expect 1 project/scripts/vendor.sh
has err "npm cannot fetch vega 0.0.1"
sed -i 's/vega 6/vega 7/' $vendor/versions.txt
cp "$SOURCE/scripts/vendor.sh" project/scripts/
expect 1 project/scripts/vendor.sh
finish
