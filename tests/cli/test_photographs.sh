#!/bin/sh
# scripts/photographs.py and study_photographs.py: what is fetched, verified, named, kept and shrunk.
# Fake programs replace apt-get, apt-cache and npm.
. "$(dirname "$0")/lib.sh"
mkdir -p scripts programs files/DEBIAN files/usr/a files/usr/i files/package
cp "$SOURCE/scripts/photographs.py" "$SOURCE/scripts/study_photographs.py" scripts/
PATH=$work/programs:$PATH

/usr/bin/python3 - <<'END'
from PIL import Image
Image.new("RGBA", (400, 800), (200, 100, 50, 255)).save("files/usr/a/sky.png")
Image.new("RGB", (300, 260), (1, 2, 3)).save("files/usr/i/sky.png")
Image.new("RGB", (300, 200), (1, 2, 3)).save("files/package/low.png")
END
printf 'Package: views\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: a\n' \
    >files/DEBIAN/control
dpkg-deb --build files views_1_all.deb >made.txt
tar -czf low-1.0.0.tgz -C files package/low.png

cat >programs/apt-get <<END
#!/bin/sh
echo deb >>"$work/fetched"
for package; do :; done
[ "\$package" = views ] && cp "$work/views_1_all.deb" .
END
cat >programs/npm <<END
#!/bin/sh
echo npm >>"$work/fetched"
cp "$work/low-1.0.0.tgz" .
END
cat >programs/apt-cache <<'END'
#!/bin/sh
for package; do :; done
case $package in
views) echo "Filename: pool/updates/main/v/views/views_1_all.deb" ;; # as after a security update
*) echo "Filename: pool/non-free/l/lost/lost_1_all.deb" ;;
esac
END
chmod +x programs/*

row() { # REGISTRY PACKAGE PATH FILE [WHY-UNFIT]
    printf '%s\t%s\t%s\t1\t1\t%s\t%s\n' "$1" "$2" "$3" "$(sha256sum "$4" | cut -d' ' -f1)" "${5-}"
}
{
    printf 'registry\tpackage\tpath\twidth\theight\tsha256\tunfit\n'
    row deb views usr/a/sky.png files/usr/a/sky.png
    row deb views usr/i/sky.png files/usr/i/sky.png blurred
    row npm @some/low@1.0.0 package/low.png files/package/low.png
} >good.tsv
{
    cat good.tsv
    row deb views usr/DEBIAN/none files/DEBIAN/control
    row deb lost usr/lost.png files/DEBIAN/control
    row npm other@2 package/low.png files/DEBIAN/control
} >scripts/photographs.tsv

# What is missing, wrong or gone is named, and the rest is there.
expect 1 scripts/photographs.py cache
has out "3 of 6 photographs are there; missing: 1 of views, 1 of lost, 1 of other@2"
has err "views: usr/DEBIAN/none: not in the package"
has err "lost: usr/lost.png: package not available"
has err "other@2: package/low.png: SHA-256 differs"
same files/usr/a/sky.png cache/photographs/views/a-sky.png
same files/usr/i/sky.png cache/photographs/views/i-sky.png
same files/package/low.png cache/photographs/some-low/low.png
absent cache/photographs/other
lines cache/photographs.csv 7
has cache/photographs.csv "deb,views,usr/a/sky.png,"
has cache/photographs.csv ",blurred,photographs/views/i-sky.png,there"
has cache/photographs.csv ",photographs/views/a-sky.png,there"

# Files that are there with the right sum are kept; one that was changed is fetched again.
cp good.tsv scripts/photographs.tsv
: >fetched
expect 0 scripts/photographs.py cache
has out "3 of 3 photographs are there; missing: none"
lines fetched 0
echo changed >cache/photographs/some-low/low.png
expect 0 scripts/photographs.py cache
same files/package/low.png cache/photographs/some-low/low.png
lines fetched 1

# --debian-main: neither npm nor another section of Debian.
row deb lost usr/lost.png files/DEBIAN/control >>scripts/photographs.tsv
expect 0 scripts/photographs.py main --debian-main
has out "2 of 2 photographs"
absent main/photographs/some-low

# The originals: without alpha, 320 pixels on the shorter side, never enlarged, none under 256.
expect 0 scripts/study_photographs.py cache study
has out "2 originals: "
has err "photographs/some-low/low.png is skipped: under 256 pixels"
/usr/bin/python3 - >originals.txt <<'END'
import pathlib
from PIL import Image
for path in sorted(pathlib.Path("study/originals").iterdir()):
    image = Image.open(path)
    print(path.name, image.mode, image.size, image.getpixel((9, 9)))
END
has originals.txt "views-a-sky.png RGB (320, 640) (200, 100, 50)"
has originals.txt "views-i-sky.png RGB (300, 260) (1, 2, 3)"
lines originals.txt 2

# Those from Debian main are learned from, but for the unfit ones; each part's images are those of originals/.
printf 'name,package,registry,part\nviews-a-sky,views,deb,learn\nviews-i-sky,views,deb,unfit\n' >split.csv
same study/split.csv split.csv
for place in learn/views-a-sky unfit/views-i-sky; do
    same study/$place.png study/originals/"${place#*/}".png
done
[ "$(find study/learn study/unseen study/unfit -name "*.png" | wc -l)" -eq 2 ] || fail "too many images"
finish
