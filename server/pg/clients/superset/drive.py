#!/usr/bin/env python3
"""Starts Apache Superset and drives it in a real browser over Glaux: adds the
database in the form that a user fills in, looks at its tables in SQL Lab, builds
a chart, and keeps screenshots. Prints lines "ok CHECK", "fail CHECK reason".

    VENV/bin/python drive.py SHOTS   (PG* variables say where Glaux is)
"""
import importlib.metadata
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

SHOTS = pathlib.Path(sys.argv[1])
SHOTS.mkdir(parents=True, exist_ok=True)
HOME = tempfile.TemporaryDirectory()
PATIENCE = 180  # seconds to wait for a page: the machine may be busy

CONFIG = f"""
SECRET_KEY = "a key for this test, which nothing else uses"
SQLALCHEMY_DATABASE_URI = "sqlite:///{HOME.name}/superset.db"
WTF_CSRF_ENABLED = False
TALISMAN_ENABLED = False
"""


def start():
    """Starts Superset with a catalog of its own; gives its process and address."""
    config = pathlib.Path(HOME.name) / "superset_config.py"
    config.write_text(CONFIG)
    command = pathlib.Path(sys.executable).parent / "superset"
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    env.update(SUPERSET_CONFIG_PATH=str(config), SUPERSET_HOME=HOME.name, FLASK_APP="superset")
    log = open(pathlib.Path(HOME.name) / "log", "w")
    for args in (["db", "upgrade"], ["fab", "create-admin", "--username", "admin", "--firstname", "A", "--lastname", "B",
                                     "--email", "admin@example.com", "--password", "admin"], ["init"]):
        subprocess.run([command, *args], env=env, stdout=log, stderr=log, check=True)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    p = subprocess.Popen([command, "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"], env=env, stdout=log, stderr=log)
    for _ in range(600):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return p, f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise SystemExit("Superset does not start:\n" + (pathlib.Path(HOME.name) / "log").read_text()[-2000:])


def browser():
    o = webdriver.ChromeOptions()
    o.binary_location = "/usr/bin/chromium"
    for a in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,900", "--disable-background-networking",
              "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"):
        o.add_argument(a)
    return webdriver.Chrome(options=o, service=webdriver.ChromeService("/usr/bin/chromedriver"))


superset, BASE = start()
b = browser()
failed = False


def find(css, seconds=PATIENCE):
    return WebDriverWait(b, seconds).until(lambda d: next((e for e in d.find_elements(By.CSS_SELECTOR, css) if e.is_displayed()), None))


def text_on_page(text, seconds=PATIENCE):
    WebDriverWait(b, seconds).until(lambda d: text in d.find_element(By.TAG_NAME, "body").text)


def button(label, seconds=PATIENCE):
    """A button by its text."""
    path = f"//*[self::button or @role='button'][normalize-space(.)='{label}']"
    return WebDriverWait(b, seconds).until(lambda d: next((e for e in d.find_elements(By.XPATH, path) if e.is_displayed() and e.is_enabled()), None))


def patiently(f):
    """Does what fails while the page still moves."""
    for last in (False,) * 20 + (True,):
        try:
            return f()
        except (WebDriverException, IndexError):
            if last:
                raise
            time.sleep(0.5)


def fill(css, value):
    def type_in():
        e = find(css)
        e.send_keys(Keys.CONTROL, "a")
        e.send_keys(value)
    patiently(type_in)


def api(method, path, body=None):
    """Superset's own interface, called from the page with the user's session."""
    script = """const done = arguments[3];
      fetch(arguments[1], {method: arguments[0], headers: {'Content-Type': 'application/json'}, body: arguments[2]})
        .then(r => r.text()).then(done).catch(e => done(String(e)))"""
    b.set_script_timeout(PATIENCE)
    return json.loads(b.execute_async_script(script, method, path, json.dumps(body) if body is not None else None))


def connect():
    b.get(BASE + "/login/")
    fill("#username", "admin")
    fill("#password", "admin")
    find("[data-test='login-button']").click()
    WebDriverWait(b, PATIENCE).until(lambda d: "/login" not in d.current_url)
    b.get(BASE + "/databaseview/list/?")
    find("[data-test='btn-create-database']").click()
    button("PostgreSQL").click()
    fields = {"host": os.environ["PGHOST"], "port": os.environ["PGPORT"], "database": os.environ["PGDATABASE"],
              "username": os.environ["PGUSER"], "password": os.environ["PGPASSWORD"], "database_name": "Glaux"}
    for name, value in fields.items():
        fill(f".ant-modal-body input[name='{name}']", value)
    time.sleep(2)
    b.save_screenshot(str(SHOTS / "superset-connect.png"))
    for _ in range(10):  # the first click only takes the focus from a field, which is checked then
        button("Connect").click()
        time.sleep(3)
        if "Finish" in b.find_element(By.TAG_NAME, "body").text:
            break
    button("Finish").click()
    time.sleep(1)
    found = [d for d in api("GET", "/api/v1/database/")["result"] if d["database_name"] == "Glaux"]
    assert found, "the database was not saved"
    return found[0]["id"], importlib.metadata.version("apache-superset")


def catalog(database):
    b.get(BASE + f"/sqllab/?dbid={database}&schema=demo&sql=" + urllib.parse.quote(
        "select o_orderstatus, count(*) as orders, sum(o_totalprice) as total from orders group by 1 order by 1"))
    time.sleep(6)
    names = {t["value"] for t in api("GET", f"/api/v1/database/{database}/tables/?q=(schema_name:demo)")["result"]}
    assert {"orders", "alltypes", "web_logs"} <= names, names
    WebDriverWait(b, PATIENCE).until(lambda d: d.find_elements(By.XPATH, "//*[normalize-space(text())='information_schema']"))
    patiently(lambda: b.find_elements(By.XPATH, "//div[normalize-space(.)='demo']")[-1].click())
    text_on_page("web_logs")
    patiently(lambda: button("Run").click())
    text_on_page("7304")
    time.sleep(3)
    b.save_screenshot(str(SHOTS / "superset-sqllab.png"))
    made = api("POST", "/api/v1/dataset/", {"database": database, "schema": "demo", "table_name": "orders"})
    columns = {c["column_name"]: c["type"] for c in made["data"]["columns"]}
    assert columns["o_totalprice"].startswith(("NUMERIC", "DECIMAL")) and columns["o_orderdate"] == "DATE", columns
    return made["id"], f"{len(names)} tables"


def chart(dataset):
    form = {
        "datasource": f"{dataset}__table", "viz_type": "echarts_timeseries_bar", "x_axis": "o_orderdate", "time_grain_sqla": "P1Y",
        "metrics": [{"expressionType": "SQL", "sqlExpression": "sum(o_totalprice)", "label": "revenue"}], "groupby": ["o_orderpriority"],
        "stack": "Stack", "row_limit": 10000, "time_range": "No filter", "show_legend": True, "x_axis_title_margin": 30,
    }
    key = api("POST", "/api/v1/explore/form_data", {"datasource_id": dataset, "datasource_type": "table", "form_data": json.dumps(form)})["key"]
    b.get(BASE + f"/explore/?form_data_key={key}&datasource_type=table&datasource_id={dataset}")
    for _ in range(20):  # a chart of which nothing was asked yet waits for its button
        time.sleep(1)
        if b.find_elements(By.CSS_SELECTOR, "canvas"):
            break
        for label in ("Create chart", "Update chart"):
            for e in b.find_elements(By.XPATH, f"//button[normalize-space(.)='{label}']"):
                if e.is_enabled():
                    e.click()
    WebDriverWait(b, PATIENCE).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".chart-container canvas, .slice_container canvas, canvas"))
    time.sleep(4)
    body = b.find_element(By.TAG_NAME, "body").text
    assert "error" not in body.lower(), body[:400]
    b.save_screenshot(str(SHOTS / "superset-chart.png"))
    return None, ""


def check(name, f):
    global failed
    try:
        out, detail = f()
        print("ok", name, detail, flush=True)
        return out
    except Exception as e:  # a browser fails in many ways
        failed = True
        b.save_screenshot(str(SHOTS / f"failed-{name}.png"))
        print("fail", name, " ".join(f"{type(e).__name__}: {e}".split())[:400], flush=True)


database = check("connect", connect)
dataset = check("catalog", lambda: catalog(database))
check("chart", lambda: chart(dataset))
b.quit()
superset.terminate()
superset.wait(30)
sys.exit(1 if failed else 0)
