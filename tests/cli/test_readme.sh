#!/bin/sh
# The README's commands work as written, and its tables are complete.
. "$(dirname "$0")/lib.sh"
readme=$SOURCE/README.md

# From clean images to restored ones, in a folder laid out like a built project.
sed -n '/^## From clean/,/^## /s/^    //p' "$readme" >journey.sh
order=$(grep -o '^build/patina [a-z]*' journey.sh | cut -d' ' -f2 | tr '\n' ' ')
[ "$order" = "degrade search train restore report " ] || fail "the README's commands are: $order"
mkdir build data
ln -s "$PATINA" build/patina
cp -r "$sample" data/
expect 0 sh -eu journey.sh
lacks err WARNING
has out "85 versions: 85 rows, 0 failures"
has out "85 pairs: 85 rows, 0 failures"
has out "written: my/photos.model"
grep -q '^[1-9][0-9]* restored, [1-9][0-9]* left alone, 0 failed' out || fail "it restores all or nothing"
lines my/data.csv 86
has out "written: my/report.html"
expect 0 "$PATINA" features my/restored -o restored.csv
lines restored.csv 18
# The inspect command in the text after them.
sed -n 's,^`\(patina inspect [^`]*\)`.*,build/\1,p' "$readme" >inspect.sh
lines inspect.sh 1
expect 0 sh -eu inspect.sh
has out "85 rows"

# The table of subcommands matches --help, in the same order.
"$PATINA" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' >wanted
sed -n 's/^| `patina \([a-z]*\) .*/\1/p' "$readme" >listed
lines wanted 15
same listed wanted

# The map lists exactly the existing folders.
(
    cd "$SOURCE"
    ls -d src/*/ [!b]*/ | grep -vx -e src/ -e include/
    ls -d include/*/
) | sort >wanted
sed -n '/^## Map/,$p' "$readme" | grep '^| `' | cut -d'|' -f2 | tr -d '` ' | tr , '\n' | sort >listed
same listed wanted

# Every page in docs/ is linked, and every link has a page.
for page in "$SOURCE"/docs/*.md; do has "$readme" "](docs/${page##*/})"; done
grep -o '](docs/[^)]*)' "$readme" | sed 's/](\(.*\))/\1/' >links
while read -r page; do [ -f "$SOURCE/$page" ] || fail "README.md links to $page, which does not exist"; done <links
finish
