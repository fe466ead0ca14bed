#!/bin/sh
# --json: every command that reports results prints one document with its schema, and nothing else, on
# the standard output.
. "$(dirname "$0")/lib.sh"
few_pairs

# document NAME STATUS ARGUMENTS...: the command exits with STATUS and prints only document patina.NAME.
document() {
    name=$1
    status=$2
    shift 2
    expect "$status" "$PATINA" "$@" --json
    python3 -c 'import json, sys
document = json.load(open("out"))
assert next(iter(document)) == "schema", "the schema does not come first"
assert document["schema"] == {"name": "patina." + sys.argv[1], "version": 1}, document["schema"]
json.dump(document, open(sys.argv[1] + ".json", "w"))' "$name" 2>python ||
        { cat python >&2; fail "$name: $*"; }
    has "$SOURCE/docs/json.md" "patina.$name"
}
# value NAME EXPRESSION: the Python expression is true; d is the last document NAME.
value() {
    checks=$((checks + 1))
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1] + ".json"))
sys.exit(not eval(sys.argv[2]))' "$1" "$2" || fail "the document $1 does not satisfy: $2"
}

document search 0 search damaged undamaged -o d.csv --trials t.csv
value search 'd["results"]["rows"] == 3 and d["outputs"]["data"] == "d.csv"'
value search 'd["options"]["scores"] == "psnr,ssim" and d["first_failures"] == []'
document features 0 features damaged -o f.csv
value features 'd["results"]["rows"] == 3'
document degrade 0 degrade undamaged -o versions --per-image 1
value degrade 'd["results"]["failures"] == 0'
document inspect 0 inspect d.csv
document explain 0 explain d.csv grass.bmp damaged undamaged
document report 0 report d.csv -o page.html
value report 'd["output"] == "page.html" and d["rows"] == 3'
document restore 0 restore --color levels damaged -o restored
value restore 'len(d["images"]) == 3'
document compare 0 compare d.csv d.csv
value compare 'd["result"] == "identical" and d["rows"] == 3'
sed 's/^grass.bmp,0/grass.bmp,9/' d.csv >other.csv
document compare 1 compare d.csv other.csv
value compare 'd["result"] == "different" and d["different_cells"] == 1'
document verify 0 verify damaged undamaged
value verify 'd["identical"] and len(d["runs"]) == 2 and len(d["files"]) == 3'

# A pair that fails is in the document as well as on stderr.
echo "no image" >damaged/broken.png
cp undamaged/skyline.png undamaged/broken.png
document search 1 search damaged undamaged -o e.csv
value search 'd["first_failures"][0]["name"] == "broken.png"'
has err "broken.png"

# Only one output may go to the standard output.
expect 2 "$PATINA" features damaged -o - --json
has err "would both write to the standard output"
expect 2 "$PATINA" search damaged undamaged --dry-run --json
has err "the plan is printed as text"
finish
