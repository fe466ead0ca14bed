#!/usr/bin/python3
"""What the server answers: images, numbers, the page and errors.

    check_api.py PATINA SAMPLE MODEL
"""

import base64
import json
import pathlib
import subprocess
import sys
import tempfile

from client import MULTIPART, Server, check, form, needed, request, run, same

RESTORE, FEATURES = "/api/v1/restore", "/api/v1/features"
SECURITY = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
                               "'self' blob:; connect-src 'self'; base-uri 'none'; form-action "
                               "'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def restored_by_cli(server, name, *options):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / ("out" + pathlib.Path(name).suffix)
        told = subprocess.run([server.patina, "restore", server.sample / name, "-o", out, "--json",
                               *options], check=True, capture_output=True)
        return out.read_bytes(), json.loads(told.stdout)["images"][0]


def check_answer(answer, status, what):
    same(answer.status, status, what)
    for name, value in SECURITY.items():
        same(answer.headers.get(name), value, f"{what}: {name}")
    if status != 200:
        same(answer.headers["content-type"], "application/json", what)
        same(answer.headers["cache-control"], "no-store", what)
        same(answer.json()["error"]["status"], status, what)
        check(answer.json()["error"]["message"], what)


def images():
    """The same bytes and numbers as patina restore."""
    with Server() as server:
        for path in sorted(server.sample.iterdir()):
            expected, told = restored_by_cli(server, path.name, "--model", server.model)
            answer = server.ask("POST", RESTORE, path.read_bytes())
            check_answer(answer, 200, path.name)
            check(answer.body == expected, f"{path.name}: other bytes")
            setting, output = told["setting"], told["output"]
            same(answer.headers["content-type"], f"image/{output['format']}", path.name)
            same(answer.headers["patina-color"], setting["color_method"], path.name)
            same(float(answer.headers["patina-sigma"]), setting["sharpen_sigma"], path.name)
            same(float(answer.headers["patina-strength"]), setting["sharpen_strength"], path.name)
            same(answer.headers["patina-predicted"], "yes", path.name)
            same(answer.headers["patina-left-alone"], "yes" if setting["left_alone"] else "no",
                 path.name)
            same(answer.headers.get("patina-unlike", ""), ",".join(told["unlike"]), path.name)
            same(answer.headers.get("patina-notes", ""), "; ".join(output["notes"]), path.name)
            described = server.ask("POST", FEATURES, path.read_bytes()).json()
            same(described.pop("schema"), {"name": "patina.image", "version": 1}, path.name)
            same(told.pop("status"), "ok", path.name)
            del told["input"]["path"]  # the server knows none
            same(described, told | {"output": None}, path.name)


def parameters():
    with Server() as server:
        picture = server.picture("coffee_cup.jpg")
        own = ["--color", "levels", "--sigma", "1.5", "--strength", "0.75"]
        expected, _ = restored_by_cli(server, "coffee_cup.jpg", *own, "--quality", "80", "--strip")
        query = "?color=levels&sigma=1.5&strength=0.75&quality=80&strip=1"
        answer = server.ask("POST", RESTORE + query, picture)
        check(answer.body == expected, "a setting in the query: other bytes")
        same(answer.headers["patina-predicted"], "no", "all given")
        fields = [(name, None, value) for name, value in
                  (("color", b"levels"), ("sigma", b"1.5"), ("strength", b"0.75"),
                   ("quality", b"80"), ("strip", b"1"))]
        image = ("image", "my cup.jpg", picture)
        for parts in ([image, *fields], [*fields, image], [*fields[:2], image, *fields[2:]]):
            answer = server.ask("POST", RESTORE, form(*parts), **MULTIPART)
            same(answer.status, 200, "multipart")
            check(answer.body == expected, "multipart: other bytes")
        same(answer.headers["content-disposition"],
             "attachment; filename=\"my cup_restored.jpg\"; "
             "filename*=UTF-8''my%20cup_restored.jpg", "file name")
        predicted = server.ask("POST", FEATURES, picture).json()["prediction"]
        answer = server.ask("POST", RESTORE + "?strength=3", picture)
        same(answer.headers["patina-predicted"], "partly", "one given")
        same(float(answer.headers["patina-strength"]), 3, "one given")
        same(float(answer.headers["patina-sigma"]), predicted["sharpen_sigma"], "one given")
        same(answer.headers["patina-color"], predicted["color_method"], "one given")
        described = server.ask("POST", FEATURES + "?strength=3", picture).json()
        same(described["setting"]["sharpen_strength"], 3, "setting")
        same(described["prediction"], predicted, "the prediction is the model's all the same")
        for name, magic in (("png", b"\x89PNG"), ("webp", b"RIFF"), ("tiff", b"II*\0"),
                            ("jpeg", b"\xff\xd8"), ("avif", b"\0\0\0"), ("jxl", b"\xff\n")):
            answer = server.ask("POST", f"{RESTORE}?format={name}", picture)
            same(answer.headers["content-type"], f"image/{name}", name)
            check(answer.body.startswith(magic), name)
        answer = server.ask("POST", RESTORE, answer.body)
        same(answer.headers["content-type"], "image/jxl", "the format of the image")
        answer = server.ask("POST", RESTORE + "?format=bmp", server.picture("grass.bmp"))
        check(answer.body.startswith(b"BM"), "bmp")


def names():
    """The name of a client's image is cleaned before it is shown."""
    with Server() as server:
        picture = server.picture("grass.bmp")
        for given, shown in (("../../etc/passwd", "passwd"), ("C:\\dir\\cat.bmp", "cat"),
                             ("..", ""), ("a;b$c`d.bmp", "a_b_c_d"), ("x" * 300, "x" * 99),
                             ("\u202ephoto.bmp", "_photo"), (".hidden.bmp", "hidden")):
            body = form(("image", given, picture))
            answer = server.ask("POST", RESTORE, body, **MULTIPART)
            stem = f"{shown}_" if shown else ""
            check(f'filename="{stem}restored.bmp"' in answer.headers["content-disposition"],
                  f"{given!r}: {answer.headers['content-disposition']!r}")
        body = form(("image", "caf\u00e9.jpg", b"no image"))
        message = server.ask("POST", RESTORE, body, **MULTIPART).json()["error"]["message"]
        check(message.startswith("caf\u00e9.jpg: "), message)
        message = server.ask("POST", RESTORE, b"no image").json()["error"]["message"]
        check(message.startswith("the image: "), message)


def as_json():
    with Server() as server:
        for name in ("coffee_cup.jpg", "grass.bmp", "coffee_table.png"):
            picture = server.picture(name)
            expected = server.ask("POST", RESTORE, picture)
            answer = server.ask("POST", RESTORE, picture, Accept="application/json")
            check_answer(answer, 200, "JSON")
            same(answer.headers["content-type"], "application/json", "JSON")
            told = answer.json()
            check(base64.b64decode(told["output"]["base64"], validate=True) == expected.body,
                  "other bytes")
            same(told["output"]["bytes"], len(expected.body), "bytes")
            same(f"image/{told['output']['format']}", expected.headers["content-type"], "format")
            same(told | {"output": None}, server.ask("POST", FEATURES, picture).json(), "the rest")
        answer = server.ask("POST", RESTORE, picture, Accept="image/*, application/json;q=0.5")
        same(answer.headers["content-type"], "image/png", "an image is preferred")


def reading():
    """What there is to get, by GET and HEAD, on one connection."""
    with Server() as server, server.connect() as connection:
        types = {"/": "text/html; charset=utf-8", "/static/page.css": "text/css; charset=utf-8",
                 "/static/page.js": "text/javascript; charset=utf-8",
                 "/static/settings.js": "text/javascript; charset=utf-8",
                 "/static/words.js": "text/javascript; charset=utf-8",
                 "/static/login.html": "text/html; charset=utf-8",
                 "/static/login.js": "text/javascript; charset=utf-8",
                 "/samples/": "application/json", "/samples/grass.bmp": "image/bmp",
                 "/api/v1/model": "application/json", "/api/v1/openapi.json": "application/json",
                 "/api/v1/formats": "application/json", "/api/v1/axes": "application/json",
                 "/healthz": "application/json",
                 "/metrics": "text/plain; version=0.0.4; charset=utf-8"}
        for path, kind in types.items():
            connection.send(request("GET", path))
            answer = connection.answer()
            check_answer(answer, 200, path)
            same(answer.headers["content-type"], kind, path)
            kept = path == "/" or path.startswith(("/static", "/samples/g", "/api/v1/o"))
            same(answer.headers["cache-control"], "no-cache" if kept else "no-store", path)
            if path != "/metrics":
                connection.send(request("HEAD", path))
                head = connection.answer(head=True)
                same(head.headers["content-length"], str(len(answer.body)), f"HEAD {path}")
        samples = server.ask("GET", "/samples/").json()["samples"]
        same(samples, sorted(path.name for path in server.sample.iterdir()), "samples")
        for name in samples:
            same(server.ask("GET", f"/samples/{name}").body, server.picture(name), name)
        model = server.ask("GET", "/api/v1/model").json()
        same(model["kind"], "forest", "model")
        formats = server.ask("GET", "/api/v1/formats").json()["formats"]
        same([each["name"] for each in formats if each["made"]],
             ["png", "jpeg", "webp", "tiff", "avif", "jxl"], "formats")
        same([each["name"] for each in formats if not each["written"]], ["heic", "gif", "jp2"],
             "formats that are only read")
        for each in filter(lambda each: each["written"], formats):
            picture = server.picture("grass.bmp") # the one that is only kept
            answer = server.ask("POST", f"{RESTORE}?format={each['name']}", picture)
            same(answer.headers["content-type"], each["media_type"], each["name"])
            check(f'restored.{each["extensions"][0]}"' in answer.headers["content-disposition"],
                  each["name"])
        health = server.ask("GET", "/healthz").json()
        same(health["status"], "ok", "health")
        check(health["workers"] >= 1, "workers")


def axes():
    """Every axis can be set by what /api/v1/axes says of it, within its limits."""
    with Server() as server:
        document = server.ask("GET", "/api/v1/axes").json()
        same(document["schema"], {"name": "patina.axes", "version": 1}, "schema")
        axes = {axis["key"]: axis for axis in document["axes"]}
        same(list(axes), ["color", "filter", "sigma", "strength", "range", "noise", "scale",
                          "red-gain", "red-offset", "green-gain", "green-offset", "blue-gain",
                          "blue-offset"], "axes")
        check("stretch" in [row["name"] for row in axes["color"]["operators"]], "stretch")
        same(axes["filter"]["tried"], ["unsharp"], "an optional axis tries its default alone")
        unsharp = axes["filter"]["operators"][1]
        same([unsharp[key] for key in ("name", "default", "reads", "off_at_least")],
             ["unsharp", True, ["sigma", "strength", "scale"], ["strength"]], "unsharp")
        for axis in axes.values():
            check_axis(server, axis, axes)


def check_axis(server, axis, axes):
    before = needed(axis, axes)
    key, picture = axis["key"], server.picture("grass.bmp")
    if axis["choice"]:
        operators = axis["operators"]
        same(operators[0]["name"], "none", f"{key}: the first operator")
        same(sum(row["default"] for row in operators), 1, f"{key}: one is the default")
        for row in operators:
            check(row["words"] and row["help"], f"{key}={row['name']}: its words")
        values, refused = [row["name"] for row in operators], ["", "no_such_operator"]
    else:
        values = [axis["least"], axis["greatest"]]
        refused = [axis["least"] - 0.001, axis["greatest"] + 0.001]
    for value in [*values, *axis["tried"]]:
        answer = server.ask("POST", f"{RESTORE}?{before}{key}={value}", picture)
        same(answer.status, 200, f"{key}={value}")
        is_told = not (axis["optional"] and value in axis["tried"])
        told = answer.headers.get(axis["header"].lower())
        same(told, str(value) if is_told else None, f"{key}={value}: {axis['header']}")
        setting = server.ask("POST", f"{FEATURES}?{before}{key}={value}", picture).json()["setting"]
        same(setting.get(axis["column"]), value if is_told else None, f"{key}={value}: setting")
    for value in refused:
        answer = server.ask("POST", f"{FEATURES}?{before}{key}={value}", picture)
        same(answer.status, 400, f"{key}={value}")



def given_values():
    """A value that is given is used, or refused; never ignored."""
    with Server() as server:
        picture = server.picture("grass.bmp")
        sharp = server.ask("POST", f"{FEATURES}?sigma=2&strength=1", picture).json()["setting"]
        same((sharp["sharpen_sigma"], sharp["sharpen_strength"]), (2, 1), "sigma and strength")
        for query in ("filter=none&sigma=2&strength=1", "filter=none&sigma=2"):
            answer = server.ask("POST", f"{RESTORE}?{query}", picture)
            same(answer.status, 400, query)
            same("has no effect" in answer.json()["error"]["message"], True, query)
        answer = server.ask("POST", f"{RESTORE}?filter=none", picture)
        same(answer.headers.get("patina-filter"), "none", "the filter that was given")
        same(answer.headers.get("patina-sigma"), None, "a sigma that nothing reads")
    shipped = pathlib.Path(sys.argv[1]).parent / "data/model/default.model"
    with Server(model=shipped) as server:
        picture = (server.sample.parent / "undamaged/coffee_cup.jpg").read_bytes()
        predicted = server.ask("POST", FEATURES, picture).json()["prediction"]
        same((predicted["left_alone"], predicted["sharpen_sigma"]), (True, 0), "the model's choice")
        answer = server.ask("POST", f"{RESTORE}?strength=1.5", picture)
        same(answer.status, 400, "a strength for an image that the model leaves alone")
        check("sigma: is required" in answer.json()["error"]["message"], "what is missing")
        answer = server.ask("POST", f"{RESTORE}?strength=1.5&sigma=1", picture)
        same((answer.headers["patina-strength"], answer.headers["patina-sigma"]), ("1.5", "1"),
             "given for an image that the model leaves alone")


def errors():
    with Server("--max-pixels", "90000") as server:
        picture = server.picture("grass.bmp")
        tiny = bytes.fromhex("424d3a0000000000000036000000280000000100000001000000010018000000"
                             "00000400000000000000000000000000000000000000ffffff00")
        cases = [
            (("GET", "/nothing"), 404, "not_found"),
            (("GET", "/static/../page.css"), 404, "not_found"),
            (("GET", "/static/%2e%2e/page.css"), 404, "not_found"),
            (("GET", "/samples/..%2fdamaged%2fgrass.bmp"), 404, "not_found"),
            (("GET", "/samples/none.png"), 404, "not_found"),
            (("POST", "/nothing", picture), 404, "not_found"),
            (("POST", "/", picture), 405, "method_not_allowed"),
            (("GET", RESTORE), 405, "method_not_allowed"),
            (("DELETE", "/healthz"), 405, "method_not_allowed"),
            (("POST", RESTORE, b""), 422, "empty_file"),
            (("POST", RESTORE, b"no image"), 415, "unsupported_format"),
            (("POST", RESTORE, picture[:5000]), 422, "corrupt"),
            (("POST", RESTORE, server.picture("skyline.png")[:5000]), 422, "corrupt"),
            (("POST", RESTORE, server.picture("cat_whole.webp")), 413, "too_large"),
            (("POST", RESTORE + "?format=bmp", server.picture("astronaut_flag.webp")), 400,
             "invalid_argument"),
        ]
        cases += [(("POST", f"{path}?{query}", picture), 400, "invalid_argument")
                  for path in (RESTORE, FEATURES)
                  for query in ("color=blue", "sigma=0", "sigma=20.1", "sigma=nan", "sigma=1x",
                                "sigma=", "sigma", "strength=-1", "strength=101", "strength=inf",
                                "format=gif", "quality=0", "quality=1.5", "quality=101", "strip=2",
                                "colour=none", "sigma=1&sigma=1", "sigma=1%00", "=1",
                                "&".join(["color=none"] * 99))]
        for arguments, status, reason in cases:
            answer = server.ask(*arguments)
            check_answer(answer, status, f"{arguments[:2]}")
            same(answer.reason(), reason, f"{arguments[:2]}")
        same(server.ask("GET", RESTORE).headers["allow"], "POST", "Allow")
        same(server.ask("POST", "/healthz").headers["allow"], "GET, HEAD", "Allow")
        one = server.ask("POST", RESTORE, tiny)
        check(one.status in (200, 422), f"one pixel: {one.status}")
        metrics = server.metrics()
        same(metrics['patina_refused_total{reason="unsupported_format"}'], 1, "metrics")
        same(metrics[f'patina_requests_total{{path="{RESTORE}",status="422"}}'],
             3 + (one.status == 422), "metrics")


if __name__ == "__main__":
    sys.exit(run(images, parameters, names, as_json, reading, axes, given_values, errors))
