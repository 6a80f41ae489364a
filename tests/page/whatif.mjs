// whatif.mjs -- the what-if of a report, as a person uses it and without a page.
//
//   node tests/page/whatif.mjs beside FOLDER CHANGED MULTIPLE OTHER SCOPE NAME
//                                               its curve beside a whole run at that budget, of a scope
//   node tests/page/whatif.mjs core FOLDER      the numbers of whatif.js and its wasm against the folder's own tables
//   node tests/page/whatif.mjs page FOLDER OUT  in Chromium: what is moved, locked, undone; OUT gets the copied YAML and
//                                               what the page said of it
//   node tests/page/whatif.mjs bare FOLDER      a page without the simulator
import { readFileSync, writeFileSync } from 'node:fs';
import vm from 'node:vm';
import { Browser, chromiumFound } from './chromium.mjs';

const [task, folder, out] = process.argv.slice(2);
let failed = 0;
const check = (what, is) => {
    if (is) return;
    failed++;
    console.log('wrong: ' + what);
};
const near = (a, b, share) => Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b), 1e-12);

// Names in quotes may hold commas.
function rowsOf(file) {
    const fields = (line) => Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), (m) => m[1])
        .map((f) => (f.startsWith('"') ? f.slice(1, -1).replaceAll('""', '"') : f));
    const [head, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
    const names = fields(head);
    return lines.map((line) => Object.fromEntries(fields(line).slice(0, names.length).map((f, i) => [names[i], f])));
}

function core() {
    vm.runInThisContext(readFileSync('sim/report/whatif.js', 'utf8'));
    const { WhatIf, Split, yamlOf } = globalThis.adsimWhatIf;
    const data = JSON.parse(readFileSync(folder + '/whatif.json'));
    const whatIf = new WhatIf(data, readFileSync('build/wasm/whatif.wasm'));
    const summary = JSON.parse(readFileSync(folder + '/summary.json'));

    const own = whatIf.answer(whatIf.saved);
    for (const v of ['spend', 'reach', 'clicks', 'conversions', 'revenue', 'incremental_conversions', 'roas', 'iroas'])
        check(`the run's own ${v}`, near(own.plan.value[v], summary.totals[v].mean, 1e-9));
    check('its chance', near(own.chance, summary.target.probability, 1e-9));
    check('no error where nothing changes', Object.values(own.plan.error).every((e) => e < 1e-6 * own.plan.value.spend));

    // The native program's curves: the same in wasm, digit for digit as the file writes them.
    let compared = 0;
    for (const row of rowsOf(folder + '/response_curve.csv')) {
        const budgets = whatIf.saved;
        const i = data.budgets.findIndex((b) => b.name === row.changed);
        budgets[i] *= Number(row.multiple);
        const x = whatIf.answer(budgets);
        const set = x.adSets.find((a) => a.name === row.name);
        const said = row.scope === 'plan' ? x.plan : row.scope === 'ad_set' ? set : null;
        if (!said) continue;
        for (const v of ['spend', 'impressions', 'reach', 'clicks', 'conversions', 'revenue', 'incremental_conversions']) {
            check(`${row.scope} ${row.name} at ${row.multiple} of ${row.changed}: ${v}`, near(said.value[v], Number(row[v]), 2e-9));
            const off = Math.abs(said.error[v] - Number(row[v + '_se']));
            check(`${row.scope} ${row.name} at ${row.multiple} of ${row.changed}: error of ${v}`, off <= 1e-8 * Math.max(said.value[v], said.error[v]));
            compared++;
        }
    }
    check('rows were compared', compared > 100);

    // Fewer people say nearly the same.
    const more = whatIf.saved.map((b, i) => b * (i ? 0.8 : 1.4));
    const fine = whatIf.answer(more).plan, coarse = whatIf.answer(more, true).plan;
    check('coarse near fine', near(coarse.value.incremental_conversions, fine.value.incremental_conversions, 0.1));
    check('coarse differs', coarse.value.incremental_conversions !== fine.value.incremental_conversions);
    check('the same again', whatIf.answer(more).plan.value.reach === fine.value.reach);

    // Splits.
    const sum = (x) => x.reduce((s, y) => s + y, 0);
    const s = new Split([400, 300, 200, 100], [false, false, false, true]);
    s.move(0, 600);
    check('the others lose in proportion', s.now.join() === '600,180,120,100');
    s.move(0, 99999);
    check('the rest is all there is', s.now.join() === '900,0,0,100');
    s.move(0, 300);
    check('nothing comes back from nothing but by the run', near(sum(s.now), 1000, 1e-12) && s.now[1] > s.now[2] && s.now[2] > 0);
    s.now = s.saved.slice();
    s.locked[1] = true;
    s.move(0, 500);
    check('a lock holds', s.now.join() === '500,300,100,100');
    s.move(2, 900);
    check('four times its own is the most', s.now[2] === 600 && s.now[0] === 0);
    s.locked[0] = true;
    const before = s.now.join();
    s.move(2, 100);
    check('with nobody to take from nothing moves', s.now.join() === before);
    const thirds = new Split([100, 100, 100.01], [false, false, false]);
    thirds.move(0, 33.33);
    check('cents add up', Math.abs(sum(thirds.now) - 300.01) < 0.005);
    check('YAML names the file it changes', yamlOf(data, whatIf.saved).includes('extends: resolved.yaml\nset:\n'));
}

// By column, four errors: those that the curve states and the other run's own. One in a thousand tables of sound answers
// would fail; a model that forgets caps or own overlap is off by ten errors and more.
function beside() {
    const [, , , , changed, multiple, other, scope, name] = process.argv;
    const said = rowsOf(folder + '/response_curve.csv')
        .find((r) => r.changed === changed && r.multiple === multiple && r.scope === scope && r.name === name);
    const is = rowsOf(other + '/summary.csv').find((r) => r.scope === scope && r.name === name);
    for (const v of ['spend', 'impressions', 'reach', 'conversions', 'incremental_conversions']) {
        const off = (said[v] - is[v]) / Math.hypot(said[v + '_se'], is[v + '_mc_se']);
        const line = `${name} ${v}: said ${said[v]} ± ${said[v + '_se']}, is ${is[v]} ± ${is[v + '_mc_se']}, off ${off.toFixed(1)}`;
        console.log(line);
        check(line, Math.abs(off) <= 4);
    }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const PANEL = `(() => {
    const panel = document.getElementById('what-if-panel');
    const text = (e) => e?.textContent ?? '';
    return { hidden: panel.hidden, chance: text(panel.querySelector('.advice')),
        full: panel.querySelectorAll('circle.full').length, was: panel.querySelectorAll('circle.was').length,
        tiles: Array.from(panel.querySelectorAll('.tiles li'), (e) => e.innerText),
        values: Array.from(panel.querySelectorAll('input'), (e) => Number(e.value)),
        disabled: Array.from(panel.querySelectorAll('input'), (e) => e.disabled),
        labels: Array.from(panel.querySelectorAll('input'), (e) => text(e.labels[0])),
        live: text(panel.querySelector('[role=status]')), yaml: text(panel.querySelector('.yaml')) };
})()`;
const press = (label) => `Array.from(document.querySelectorAll('#what-if-panel button')).find((b) => b.textContent === '${label}').click()`;
const drag = (i, value) => `(() => {
    const s = document.getElementById('what-if-${i}');
    s.value = ${value};
    s.dispatchEvent(new Event('input'));
})()`;
const letGo = (i) => `document.getElementById('what-if-${i}').dispatchEvent(new Event('change'))`;

async function page() {
    const browser = await Browser.start(chromiumFound());
    const p = await browser.page();
    await p.open(folder + '/report.html');
    const look = () => p.evaluate(PANEL);
    const saved = await look(), sum = (x) => x.reduce((s, y) => s + y, 0);
    check('the panel is there', !saved.hidden && saved.values.length > 2);
    check('sliders have names', saved.labels.every((l) => l.length > 0));
    check('tiles say what the run says', saved.tiles.every((t) => t.includes('as in the run')));

    await p.evaluate(drag(0, saved.values[0] * 0.5));
    await wait(300);
    const dragged = await look();
    await p.evaluate(letGo(0));
    const moved = await look();
    check('the numbers change', moved.tiles.every((t, i) => t !== saved.tiles[i] && t.includes('was')));
    check('they change while it is dragged', dragged.tiles[0] !== saved.tiles[0] && dragged.live === saved.live);
    check('they are finer when it is let go', dragged.tiles.join() !== moved.tiles.join());
    check('the others gain', moved.values.slice(1).every((v, i) => v > saved.values[i + 1]));
    check('the sum holds', Math.abs(sum(moved.values) - sum(saved.values)) <= 0.01 * sum(saved.values));
    check('the run stays behind', moved.was === saved.full && saved.was === saved.full);
    check('it is told', moved.live !== saved.live && moved.live.includes('Caused conversions'));

    await p.evaluate(`document.querySelectorAll('#what-if-panel .lock')[1].click()`);
    await p.evaluate(drag(2, saved.values[2] * 2));
    await p.evaluate(letGo(2));
    const locked = await look();
    check('a lock holds', locked.values[1] === moved.values[1] && locked.disabled[1] && locked.values[2] > moved.values[2]);
    check('who is not locked gives', locked.values[0] < moved.values[0]);

    const copied = await (p.evaluate(press('Copy as YAML')), wait(200), look());
    writeFileSync(out + '.yaml', copied.yaml);
    writeFileSync(out + '.json', JSON.stringify(await p.evaluate(`(() => {
        const told = {};
        for (const li of document.querySelectorAll('#what-if-panel .tiles li')) {
            const [title, value, note] = Array.from(li.children, (e) => e.textContent);
            told[title] = { value, note };
        }
        return told;
    })()`)));

    await p.evaluate(press('Undo'));
    check('undo goes one step back', (await look()).values.join() === moved.values.join());
    await p.evaluate(press('Undo'));
    check('and another', (await look()).tiles.join() === saved.tiles.join());
    await p.evaluate(press('Redo'));
    check('redo goes forward', (await look()).tiles.join() === moved.tiles.join());
    await p.evaluate(press('Back to the run'));
    check('back to the run', (await look()).values.join() === saved.values.join());

    await p.evaluate(`document.getElementById('what-if-0').focus()`);
    await p.press('ArrowRight');
    await wait(100);
    check('an arrow key moves it', (await look()).values[0] > saved.values[0]);

    await p.size(360, 740, true);
    const wide = await p.evaluate('document.documentElement.scrollWidth');
    check('it fits a telephone: ' + wide, wide <= 360);
    check('nothing is complained of: ' + p.complaints.join('; '), p.complaints.length === 0);
    check('nothing is asked of the network', p.requests.every((url) => /^(file|data|blob):/.test(url)));
    await browser.end();
}

async function bare() {
    const browser = await Browser.start(chromiumFound());
    const p = await browser.page();
    await p.open(folder + '/report.html');
    const text = await p.evaluate(`document.getElementById('what-if').innerText`);
    check('it says what is missing', text.includes('carries no simulator') && text.includes('clang'));
    check('there are no sliders', await p.evaluate(`document.querySelectorAll('#what-if input').length`) === 0);
    check('the curves are drawn', await p.evaluate(`document.querySelectorAll('#what-if svg.curves .curve').length`) === 3);
    check('nothing is complained of: ' + p.complaints.join('; '), p.complaints.length === 0);
    await browser.end();
}

await ({ beside, core, page, bare })[task]();
process.exit(failed ? 1 : 0);
