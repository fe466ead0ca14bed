#!/bin/sh
# patina report: its options, what it refuses, and the page for complete and partial inputs.
. "$(dirname "$0")/lib.sh"
damaged=$sample/damaged undamaged=$sample/undamaged
expect 0 "$PATINA" search "$damaged" "$undamaged" -o s.csv --trials t.csv -q \
    --grid 'color=levels,white_balance,none;sigma=1,2;strength=0,0.5,1'

# With all inputs. The same bytes for any number of workers, in one process, and for any order of the
# arguments.
expect 0 "$PATINA" train s.csv "$damaged" "$undamaged" -o m.model -q --keep-harmful --kind linear --folds 2
expect 0 "$PATINA" report --force s.csv --trials-from t.csv --model m.model --pairs "$damaged" "$undamaged" \
    -o full.html
has out "17 rows, "
has out ", 5 pairs shown"
has out "written: full.html ("
expect 0 "$PATINA" report --force --jobs 1 --pairs "$damaged" "$undamaged" -o one.html --model m.model \
    --trials-from t.csv s.csv -q
[ ! -s out ] || fail "--quiet printed something"
same full.html one.html
expect 0 "$PATINA" report --force --jobs 3 -o three.html --model m.model s.csv --trials-from t.csv \
    --pairs "$damaged" "$undamaged"
same full.html three.html
expect 0 "$PATINA" report --force --in-process -o here.html --model m.model s.csv --trials-from t.csv \
    --pairs "$damaged" "$undamaged"
same full.html here.html

# The page agrees with the other commands.
expect 0 "$PATINA" evaluate m.model "$damaged" "$undamaged" --json
mv out evaluation.json
expect 0 "$PATINA" inspect s.csv --trials-from t.csv "$damaged" "$undamaged" --json
mv out inspection.json
cat >check.py <<'PY'
import base64, hashlib, html.parser, json, re, sys
page = open("full.html", encoding="utf-8").read()
charts = json.loads(re.search(r'id="charts">(.*?)</script>', page, re.S).group(1))
evaluation = json.load(open("evaluation.json"))
inspection = json.load(open("inspection.json"))

for score in ("psnr", "ssim", "similarity"):
    for way, words in (("untouched", "untouched"), ("fixed", "best single setting"),
                       ("predicted", "model"), ("oracle", "oracle")):
        shown = next(v for v in charts[f"pairs-{score}"]["values"] if v["way"] == words)
        for key in ("value", "low", "high"):
            assert abs(shown[key] - evaluation["ways"][way][score][key]) < 1e-4, (score, way, key)
assert len(charts["cells"]) == len(inspection["settings"]) == 18
for cell, setting in zip(charts["cells"], inspection["settings"]):
    assert cell["wins"] == setting["wins"]
    assert abs(cell["db"] - setting["mean_gain_db"]) < 1e-4
for chart, column in (("score", "similarity_score"), ("psnr", "psnr"), ("ssim", "ssim")):
    assert sum(v["count"] for v in charts[chart]["values"]) == 17
    assert abs(charts[chart]["median"] - inspection["columns"][column]["50%"]) < 1e-4
for chart, name in (("sigma", "sharpen_sigma"), ("strength", "sharpen_strength")):
    assert [v["count"] for v in charts[chart]["values"]] == \
        [v["count"] for v in inspection["parameters"][name]]
shares = [v["share"] for v in charts["importances"]["values"]]
assert shares == sorted(shares, reverse=True) and abs(sum(shares) - 1) < 1e-4

# The pairs shown are those with the largest, the median and the smallest gain.
import csv
best, untouched = {}, {}
for row in csv.DictReader(open("t.csv")):
    name, scores = row["filename"], [float(row[k]) for k in ("similarity_score", "psnr", "ssim")]
    if row["color_method"] == "none" and row["sharpen_sigma"] == "0":
        untouched[name] = scores
    elif name not in best or scores[0] > best[name][0]:
        best[name] = scores
ranked = sorted((untouched[name][0] - best[name][0], i, name) for i, name in enumerate(best))
for title, (_, _, name) in (("The largest gain", ranked[0]),
                            ("The median gain", ranked[8]), ("The smallest gain", ranked[-1])):
    strip = page.split(f"<h3>{title}, with the best setting of its search</h3>")[1][:400]
    _, psnr, ssim = best[name]
    _, db, d = (b - u for b, u in zip(best[name], untouched[name]))
    assert f'<bdi class="name">{name}</bdi>' in strip, (title, name, strip)
    assert f"PSNR {psnr:.2f} dB ({db:+.2f} over doing nothing), SSIM {ssim:.4f} ({d:+.4f})" in strip, \
        (title, best[name], untouched[name], strip)
for title, extreme in (("best", evaluation["best"][0]), ("worst", evaluation["worst"][0])):
    strip = page.split(f"<h3>The {title} restoration by the model</h3>")[1][:400]
    assert f'<bdi class="name">{extreme["filename"]}</bdi>' in strip, strip
    assert f"similarity {extreme['gain']:+.4f} over doing nothing" in strip, strip

model = open("m.model", "rb").read()
description = json.JSONDecoder().raw_decode(model[model.index(b"{"):].decode("latin-1"))[0]
metrics = description["metrics"]
share = metrics["models"][0]["held_out"]["pixels"]["captured"]["similarity"]
key = (f"<dd>{100 * share['value']:.0f} %</dd><dd class=\"note\">95 % interval"
       if share["high"] - share["low"] <= 2 else
       "<dd>–</dd><dd class=\"note\">too few originals to tell, on originals held out")
assert key in page, key
learned, all_rows = metrics["rows"] - metrics["held_out_rows"], metrics["rows"]
assert learned < all_rows and f"trained on {learned} of {all_rows} rows" in page, metrics
given = page.split("On the given pairs</h3>")[1][:200]
assert "how well it remembers its pairs" in given, given

class Page(html.parser.HTMLParser):
    void = {"meta", "img", "br", "input"}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.images, self.figures = [], [], [], []
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in ("src", "href"):
            assert attributes.get(name, "data:").startswith(("data:", "#")), attributes
        assert not any(name.startswith("on") for name in attributes), attributes
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "img":
            self.images.append(attributes)
        if tag == "figure" and "id" in attributes:
            self.figures.append(attributes["id"])
        if attributes.get("role") == "img":
            assert len(attributes["aria-label"]) > 20, attributes
        if tag not in self.void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)
parsed = Page()
parsed.feed(page)
assert not parsed.open and len(set(parsed.ids)) == len(parsed.ids)
assert set(parsed.figures) <= set(charts) and len(parsed.figures) >= 6 + 3 + 14 + 9 + 1
assert len(parsed.images) == 15
for image in parsed.images:
    assert image["src"].startswith("data:image/jpeg;base64,/9j/") and image["alt"], image
digest = hashlib.sha256(open("s.csv", "rb").read()).hexdigest()
assert re.search(f"<td>{digest}</td><td>as recorded</td>", page)
assert "The model was trained on this data set." in page
assert "http://" not in re.sub(r"<script.*?</script>", "", page, flags=re.S)
PY
/usr/bin/python3 check.py || fail "the page disagrees with the other commands"
checks=$((checks + 1))

# The verdict mentions too few rows.
wide='color=levels,white_balance,none;sigma=1,2,9;strength=0,0.5,1,9'
expect 0 "$PATINA" report --force s.csv --grid "$wide" -o wide.html
has wide.html "No problem found, but only 17 rows: use hundreds"
sed -n 1,2p s.csv >single.csv
expect 0 "$PATINA" report --force single.csv --grid "$wide" -o single.html
has single.html "1 row is too few to learn from"
lacks single.html "Fit to learn from"
lacks single.html "1 bins"
lacks single.html ", 1 rows"

# With fewer inputs.
expect 0 "$PATINA" report --force s.csv -o less.html
lacks less.html 'id="gain-db"'
lacks less.html 'id="importances"'
lacks less.html '<img'
has less.html "No images were given"
expect 0 "$PATINA" report --force s.csv --model m.model -o model.html
has model.html 'id="held-out-psnr"'
has model.html 'id="cross-psnr"'
lacks model.html 'id="pairs-psnr"'

# If some pairs cannot be read, the page is written and says so.
few_pairs
head -c 300 "$damaged/grass.bmp" >damaged/grass.bmp
expect 1 "$PATINA" report --force s.csv --model m.model --pairs damaged undamaged -o torn.html
has err "grass.bmp"
has torn.html "could not be"
expect 1 "$PATINA" report --force s.csv --pairs damaged undamaged -o torn.html
has err "1 of 3 pairs could not be read; the page names them"
has torn.html "could not be"

# Pairs that do not belong to the data.
sed 's/^\([a-z_]*\)\./other_\1./; 1s/^other_//' s.csv >strange.csv
expect 0 "$PATINA" report --force strange.csv --pairs "$damaged" "$undamaged" -o strange.html
has err "none of the 17 pairs has a row in strange.csv; are these the right folders"
lacks strange.html "This may not be the pair"
expect 0 "$PATINA" report --force s.csv --trials-from t.csv --pairs "$undamaged" "$undamaged" -o doubt.html
[ ! -s err ] || fail "a warning about pairs that have rows"
has doubt.html "This may not be the pair that was scored. The inspection says: the damaged image is the"
lacks full.html "This may not be the pair"

# For another data set, the page does not say that the model may remember its pairs.
sed 2d s.csv >elsewhere.csv
expect 0 "$PATINA" report --force elsewhere.csv --model m.model --pairs "$damaged" "$undamaged" -o elsewhere.html
has elsewhere.html "The model was trained on another data set. If the two share originals"
lacks elsewhere.html "remembers"

# A large data set does not make a large page; versions of one original count once.
/usr/bin/python3 - <<'PY'
rows = open("s.csv").read().splitlines()
with open("large.csv", "w") as file:
    file.write(rows[0] + "\n")
    for i in range(100000):
        file.write(f"{i}-{rows[1 + i % 17]}\n")
with open("versions.csv", "w") as file:
    file.write(rows[0] + "\n")
    for i in range(200):
        name, rest = rows[1 + i % 17].split(".", 1)
        file.write(f"{name}~{i}.{rest}\n")
PY
expect 0 "$PATINA" report --force large.csv --grid "$wide" -o large.html
has large.html "Fit to learn from"
expect 0 "$PATINA" report --force versions.csv --grid "$wide" -o versions.html
has versions.html "No problem found, but only 17 originals"
has large.html "A sample of 800 of the 100,000 rows"
[ "$(wc -c <large.html)" -lt 1500000 ] || fail "the page has $(wc -c <large.html) bytes"

# What is refused, without leaving files.
ls >before
expect 2 "$PATINA" report
has err "name a data set"
expect 2 "$PATINA" report --force s.csv
has err "name the page to write with -o FILE"
expect 2 "$PATINA" report --force s.csv t.csv -o r.html
has err "one argument too many"
expect 2 "$PATINA" report --force s.csv -o r.html --pairs "$damaged"
has err "--pairs needs two folders"
expect 2 "$PATINA" report --force s.csv -o r.html --pairs "$damaged" "$undamaged" --manifest m.csv
has err "not both"
expect 2 "$PATINA" report --force s.csv -o r.html --trials-from t.csv --grid sigma=1
has err "not both"
for name in s.csv t.csv m.model s.run.json s.failures.csv; do
    expect 2 "$PATINA" report --force s.csv --trials-from t.csv --model m.model -o ./$name
    has err "would be replaced"
done
expect 2 "$PATINA" report --force s.csv -o page.png
has err "is an image name"
expect 2 "$PATINA" report --force t.csv -o r.html
has err "the first line lacks the columns"
expect 2 "$PATINA" report --force s.csv --trials-from s.csv -o r.html
expect 2 "$PATINA" report --force s.csv --model s.csv -o r.html
has err "s.csv"
expect 2 "$PATINA" report --force s.csv -o missing/r.html
has err "missing/r.html"
mkdir folder
expect 2 "$PATINA" report --force s.csv -o folder
has err "folder"
rmdir folder
mkdir empty
expect 2 "$PATINA" report --force s.csv --pairs empty empty -o r.html
has err "no pair"
rmdir empty
rm before
ls >after
! grep -e r.html -e partial after || fail "a refused report left files"
finish
