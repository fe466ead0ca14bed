#!/bin/sh
# The README's commands work as they are written, and its tables list what there is.
. "$(dirname "$0")/lib.sh"
readme=$SOURCE/README.md

# From clean pictures to restored ones, in a folder that looks as the project does, once built.
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
has out "17 restored, 0 failed"
lines my/data.csv 86
has out "written: my/report.html"
expect 0 "$PATINA" features my/restored -o restored.csv
lines restored.csv 18
# The one that the text after them names.
sed -n 's,^`\(patina inspect [^`]*\)`.*,build/\1,p' "$readme" >inspect.sh
lines inspect.sh 1
expect 0 sh -eu inspect.sh
has out "85 rows"

# The table of subcommands: those of --help, in that order.
"$PATINA" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' >wanted
sed -n 's/^| `patina \([a-z]*\) .*/\1/p' "$readme" >listed
lines wanted 13
same listed wanted

# The map: every folder, and none that is not there.
(
    cd "$SOURCE"
    ls -d src/*/ [!b]*/ | grep -vx -e src/ -e include/
    ls -d include/*/
) | sort >wanted
sed -n '/^## Map/,$p' "$readme" | grep '^| `' | cut -d'|' -f2 | tr -d '` ' | tr , '\n' | sort >listed
same listed wanted

# Every page is linked, and every link leads somewhere.
for page in "$SOURCE"/docs/*.md; do has "$readme" "](docs/${page##*/})"; done
grep -o '](docs/[^)]*)' "$readme" | sed 's/](\(.*\))/\1/' >links
while read -r page; do [ -f "$SOURCE/$page" ] || fail "$page is not there"; done <links
finish
