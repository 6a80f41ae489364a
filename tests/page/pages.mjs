// pages.mjs -- what a browser makes of report.html: claims of test_pages.sh, in TAP.
//
//   node tests/page/pages.mjs FOLDER      FOLDER/{run,comparison,allocation,batch}/report.html
import { Browser, chromiumFound, pdfPages } from './chromium.mjs';
import { join } from 'node:path';

const KINDS = ['run', 'comparison', 'allocation', 'batch'];
const SECTIONS = { // in the order of decision
    run: 'verdict change ad-sets what-if pictures assumptions not-modelled provenance definitions',
    comparison: 'verdict change plans differences pictures assumptions not-modelled provenance definitions',
    allocation: 'verdict change split budgets pictures assumptions not-modelled provenance definitions',
    batch: 'verdict pictures assumptions not-modelled provenance definitions',
};
const NAMES = ['<script>document.title=\'owned\'</script> & "quotes" \'single\'', '<script>throw 1</script>',
    '@{}_^ \\\\ `ls`', '🎯 цель 目標', 'مرحبا بالعالم (2)'];

const fileOf = (kind) => join(process.argv[2], kind, 'report.html');
const browser = await Browser.start(chromiumFound());
const pages = new Map(); // opened once; what a claim changes (size, scheme, open details) harms no later one
for (const kind of KINDS) {
    pages.set(kind, await browser.page());
    await pages.get(kind).open(fileOf(kind));
}
let broken = 0;

function expect(is, what) {
    if (!is) throw new Error(what);
}
async function claim(name, check) {
    try {
        await check();
        console.log('ok - ' + name);
    } catch (error) {
        broken++;
        console.log('not ok - ' + name + '\n# ' + String(error.message).replaceAll('\n', '\n# '));
    }
}
async function eachPage(check) {
    for (const [kind, page] of pages)
        await check(page, kind).catch((error) => {
            throw new Error(kind + ': ' + error.message);
        });
}
const openAll = (page) => page.evaluate(`document.querySelectorAll('details').forEach((d) => (d.open = true))`);

// Text whose contrast with what is behind it is below 4.5 (3 for large letters): WCAG 2.1 AA.
const tooFaint = `(() => {
    const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((x) => x / 255).map((x) => x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
        .reduce((sum, x, i) => sum + x * [.2126, .7152, .0722][i], 0);
    const behind = (e) => {
        for (; e; e = e.parentElement) {
            const c = numbers(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c;
        }
        return [255, 255, 255];
    };
    return Array.from(document.body.querySelectorAll('*')).filter((e) => {
        const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
        const style = getComputedStyle(e);
        if (!own || e.closest('svg, script, style, .skip') || !e.getClientRects().length) return false;
        const [a, b] = [light(numbers(style.color)), light(behind(e))].sort((x, y) => y - x);
        return (a + .05) / (b + .05) < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5);
    }).map((e) => e.tagName + ' ' + e.className + ' ' + e.textContent.slice(0, 40));
})()`;

await claim('every_page_loads_from_a_file_without_complaint_or_request', () => eachPage(async (page) => {
    expect(page.complaints.length === 0, page.complaints.join('; '));
    expect(page.requests.length === 1, page.requests.join(' '));
}));

await claim('sections_stand_in_the_order_of_decision', () => eachPage(async (page, kind) => {
    const is = await page.evaluate(`Array.from(document.querySelectorAll('main > section'), (s) => s.id).join(' ')`);
    expect(is === SECTIONS[kind], is);
}));

for (const width of [360, 1440])
    await claim(`nothing_is_cut_off_at_${width}_pixels`, () => eachPage(async (page) => {
        await page.size(width, 900, width < 800);
        expect(await page.evaluate(`document.documentElement.scrollWidth <= ${width}`), 'the page scrolls sideways');
        const out = await page.evaluate(`Array.from(document.querySelectorAll('h1, h2, h3, p, li, dd, summary'))
            .filter((e) => !e.closest('.frame, nav, .skip') && e.getClientRects().length)
            .filter((e) => { const r = e.getBoundingClientRect(); return r.left < -1 || r.right > ${width} + 1; })
            .map((e) => e.textContent.slice(0, 40)).join('; ')`);
        expect(out === '', out);
        const cropped = await page.evaluate(`Array.from(document.querySelectorAll('svg.drawn text')).filter((t) => {
            const r = t.getBoundingClientRect(), all = t.closest('svg').getBoundingClientRect();
            return r.height > 0 && (r.bottom > all.bottom + 1 || r.right > all.right + 1); })
            .map((t) => t.textContent.trim()).join('; ')`);
        expect(cropped === '', 'cropped in a picture: ' + cropped);
    }));

await claim('the_navigation_fits_a_wide_window_and_scrolls_to_its_end_in_a_narrow_one', () => eachPage(async (page) => {
    const lastLinkEnds = `document.querySelector('nav li:last-child').getBoundingClientRect().right`;
    await page.size(1440, 900);
    const wide = await page.evaluate(`(() => { const nav = document.querySelector('nav');
        return nav.scrollWidth <= nav.clientWidth; })()`);
    expect(wide, 'cut off at 1440 pixels');
    await page.size(360, 900, true);
    await page.evaluate(`document.querySelector('nav').scrollLeft = 1e6`);
    expect(await page.evaluate(lastLinkEnds) <= 360 - 16, 'the last link cannot be seen');
    await page.size(1440, 900);
}));

await claim('names_that_are_markup_are_text', async () => {
    const page = pages.get('run');
    const text = await page.evaluate('document.body.innerText');
    for (const name of NAMES) expect(text.includes(name), 'missing: ' + name);
    expect((await page.evaluate('document.title')).startsWith(NAMES[0]), 'the title is another one');
    const strange = await page.evaluate(`document.querySelectorAll('img, iframe, object, embed, link, base, form, ' +
        'body b[onmouseover], main script:not([type]), svg script, foreignObject').length`);
    expect(strange === 0, strange + ' elements that no page has');
    const acts = await page.evaluate(`Array.from(document.querySelectorAll('*'))
        .filter((e) => e.getAttributeNames().some((n) => n.startsWith('on'))).length`);
    expect(acts === 0, 'attributes that act');
    expect(await page.evaluate(`document.querySelector('tbody bdi') !== null`), 'names without a direction of their own');
});

await claim('a_script_that_is_not_the_pages_own_does_not_run', () => eachPage(async (page) => {
    const ran = await page.evaluate(`(() => { const s = document.createElement('script');
        s.textContent = 'window.ran = true'; document.body.append(s); return window.ran === true; })()`);
    expect(!ran, 'it ran');
    expect(!(await page.evaluate(`fetch('data:,x').then(() => true, () => false)`)), 'the page can fetch');
}));

for (const dark of [false, true])
    await claim(`text_can_be_read_on_a_${dark ? 'dark' : 'light'}_ground`, () => eachPage(async (page) => {
        await page.look(dark ? 'dark' : 'light');
        const ground = await page.evaluate(`getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0] < 128`);
        expect(ground === dark, 'the ground does not follow the scheme');
        await openAll(page);
        const faint = await page.evaluate(tooFaint);
        expect(faint.length === 0, faint.slice(0, 5).join('; '));
    }));

await claim('a_screen_reader_meets_landmarks_headings_and_named_pictures', () => eachPage(async (page, kind) => {
    await openAll(page);
    const nodes = await page.accessible();
    for (const role of ['banner', 'navigation', 'main', 'contentinfo'])
        expect(nodes.filter((n) => n.role === role).length === 1, 'landmark ' + role);
    const headings = nodes.filter((n) => n.role === 'heading');
    expect(headings.filter((n) => n.level === 1).length === 1, 'one heading of level 1');
    expect(headings.every((n, i) => i === 0 || n.level <= headings[i - 1].level + 1), 'a level is left out');
    for (const role of ['image', 'img', 'table', 'region', 'button', 'link'])
        expect(nodes.every((n) => n.role !== role || n.name), 'a nameless ' + role);
    const pictures = nodes.filter((n) => n.role === 'image' || n.role === 'img').length;
    const drawn = await page.evaluate(`document.querySelectorAll('svg.drawn, svg.dots, svg.curves').length`);
    expect(pictures === drawn && (kind === 'batch' || drawn > 0), `${pictures} pictures told, ${drawn} drawn`);
}));

await claim('every_picture_has_its_finding_and_its_numbers', () => eachPage(async (page) => {
    const bare = await page.evaluate(`Array.from(document.querySelectorAll('figure.picture'))
        .filter((f) => !f.querySelector('h3')?.textContent.includes(' ') || !f.querySelector('table tbody td')).length`);
    expect(bare === 0, bare + ' pictures without');
}));

await claim('every_link_leads_somewhere_and_every_id_is_one', () => eachPage(async (page) => {
    const lost = await page.evaluate(`Array.from(document.querySelectorAll('a[href], use[href]'), (a) => a.getAttribute('href'))
        .filter((h) => !h.startsWith('#') || !document.getElementById(h.slice(1))).join(' ')`);
    expect(lost === '', lost);
    const twice = await page.evaluate(`(() => { const ids = Array.from(document.querySelectorAll('[id]'), (e) => e.id);
        return ids.filter((id, i) => ids.indexOf(id) !== i).join(' '); })()`);
    expect(twice === '', twice);
    const terms = await page.evaluate(`document.querySelectorAll('a.term').length`);
    expect(terms > 3, 'terms without a definition');
}));

await claim('by_keyboard_one_skips_to_the_verdict_and_sees_where_one_is', () => eachPage(async (page) => {
    await page.press('Tab');
    expect(await page.evaluate(`document.activeElement.className`) === 'skip', 'the first stop is another one');
    await page.press('Enter');
    expect(await page.evaluate('location.hash') === '#verdict', 'it does not skip');
    await page.press('Tab');
    const seen = await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle !== 'none' &&
        document.activeElement.closest('main') !== null`);
    expect(seen, 'the next stop is not seen, or not in the page');
}));

await claim('a_batch_is_sorted_by_keyboard_too', async () => {
    const page = pages.get('batch');
    const column = (n) => page.evaluate(`Array.from(document.querySelectorAll('#points tbody tr'),
        (r) => Number(r.cells[${n}].dataset.value ?? r.cells[${n}].textContent))`);
    const place = await page.evaluate(`Array.from(document.querySelectorAll('#points thead th'))
        .findIndex((th) => th.textContent.trim() === 'ROAS')`);
    expect((await column(0)).length === 1000, 'not every point has a row');
    await page.evaluate(`document.querySelectorAll('#points thead th')[${place}].querySelector('button').focus()`);
    for (const [key, sign] of [['Enter', -1], [' ', 1]]) {
        await page.press(key);
        const values = await column(place);
        expect(values.every((x, i) => !i || sign * (x - values[i - 1]) >= 0), 'not in order after ' + key);
        const told = await page.evaluate(`document.querySelectorAll('#points thead th')[${place}].getAttribute('aria-sort')`);
        expect(told === (sign < 0 ? 'descending' : 'ascending'), 'aria-sort ' + told);
    }
    expect(new Set(await column(0)).size === 1000, 'rows are lost');
});

await claim('a_term_leads_to_its_definition', async () => {
    const page = pages.get('run');
    const found = await page.evaluate(`(() => { const term = document.querySelector('a.term[href="#term-roas"]');
        term.click(); const place = document.getElementById('term-roas');
        return place.nextElementSibling.tagName === 'DD' && place.nextElementSibling.textContent.includes('spend'); })()`);
    expect(found, 'no definition');
});

await claim('the_curves_of_the_what_if_are_drawn_once', async () => {
    const page = pages.get('run');
    expect(await page.evaluate(`document.querySelectorAll('#what-if svg.curves').length`) === 1, 'no curves');
    const again = await page.evaluate(`Array.from(document.querySelectorAll('figure.picture h3'), (h) => h.textContent)
        .filter((t) => t.includes('steepest curve')).join('; ')`);
    expect(again === '', again);
});

await claim('a_run_prints_on_two_pages', async () => {
    const page = pages.get('run');
    const printed = pdfPages(await page.pdf());
    expect(printed === 2, printed + ' pages');
});

await claim('a_plan_of_thirty_ad_sets_prints_on_two_pages', async () => {
    const page = pages.get('run');
    const rows = await page.evaluate(`['#ad-sets', '#what-if'].map((place) => {
        const body = document.querySelector(place + ' tbody');
        const first = Array.from(body.rows).find((row) => row.querySelector('td'));
        while (body.rows.length < 32) first.after(first.cloneNode(true));
        return body.rows.length; }).join()`);
    expect(rows === '32,32', 'rows: ' + rows);
    const printed = pdfPages(await page.pdf());
    await page.open(fileOf('run'));
    expect(printed === 2, printed + ' pages');
});

await claim('with_scripts_off_all_is_there', () => eachPage(async (page, kind) => {
    const told = `(() => { const all = document.querySelector('main').cloneNode(true);
        all.querySelectorAll('button, #what-if-panel').forEach((b) => b.remove());
        return Array.from(all.querySelectorAll('h1, h2, h3, p, li, dt, dd, caption, tr'), (e) => e.textContent).sort().join(); })()`;
    const scripted = await page.evaluate(told);
    await page.send('Emulation.setScriptExecutionDisabled', { value: true });
    await page.open(fileOf(kind));
    expect(await page.evaluate(told) === scripted, 'other text than with scripts');
    expect(await page.evaluate(`document.querySelectorAll('button').length`) === 0, 'a button that does nothing');
}));

await browser.end();
process.exitCode = broken ? 1 : 0;
