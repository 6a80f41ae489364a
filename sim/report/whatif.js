// whatif.js -- the what-if of report.html: sliders for the split, simulated anew by the kernel that the page carries.
//
// The first part knows no page: it runs in Node as well (tests/page/whatif.mjs). Numbers are those of whatif.json; how
// ratios become numbers is sim/experiment/responses.c said again.
'use strict';
(() => {
    const VALUES = ['spend', 'impressions', 'reach', 'clicks', 'conversions', 'revenue', 'incremental_conversions',
        'incremental_revenue'];
    const MEASURES = ['spend', 'impressions', 'reach', 'clicks', 'caused', 'organic'];
    const MEASURE_OF = { spend: 'spend', impressions: 'impressions', reach: 'reach', clicks: 'clicks', conversions: 'credited',
        revenue: 'credited', incremental_conversions: 'caused', incremental_revenue: 'caused' };
    const AD_SETS_MOST = 64, COARSE_GROUPS = 4, PAGE = 65536;

    const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

    // --- the kernel ---
    class Kernel {
        constructor(wasm, model) {
            const k = this.k = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports;
            if (k.whatif_measures() !== MEASURES.length) throw new Error('the kernel is of another version');
            const place = (at) => (at + 7) & ~7;
            this.model = place(k.__heap_base.value);
            this.budget = place(this.model + model.length);
            this.out = this.budget + 8 * AD_SETS_MOST;
            this.room = place(this.out + k.whatif_answer_bytes());
            this.grow(this.room);
            new Uint8Array(k.memory.buffer).set(model, this.model);
            this.grow(this.room + k.whatif_room(this.model));
            k.whatif_open(this.model, COARSE_GROUPS, this.room);
        }
        grow(bytes) {
            const missing = bytes - this.k.memory.buffer.byteLength;
            if (missing > 0) this.k.memory.grow(Math.ceil(missing / PAGE));
        }
        answer(budgets, coarse) {
            new Float64Array(this.k.memory.buffer, this.budget, budgets.length).set(budgets);
            this.k.whatif_answer(this.model, this.budget, coarse ? COARSE_GROUPS : 0, this.room, this.out);
            const n = AD_SETS_MOST * MEASURES.length;
            const x = new Float64Array(this.k.memory.buffer, this.out, 2 * n + 2).slice();
            return {
                ratio: (a, m) => x[a * MEASURES.length + MEASURES.indexOf(m)],
                error: (a, m) => x[n + a * MEASURES.length + MEASURES.indexOf(m)],
                reach: x[2 * n], reachError: x[2 * n + 1],
            };
        }
    }

    // --- what ratios make of the run ---
    const credited = (x, a, organic) => ({
        ratio: (1 - organic) * x.ratio(a, 'caused') + organic * x.ratio(a, 'organic'),
        error: Math.hypot((1 - organic) * x.error(a, 'caused'), organic * x.error(a, 'organic')),
    });
    const scaled = (ran, { ratio, error }, share) =>
        ({ value: ran * ratio, error: Math.hypot(ran * error, share * ran * (ratio - 1)) });
    const rate = (value, of) => (of > 0 ? value / of : NaN);
    const withRates = (v) => ({ ...v, roas: rate(v.revenue, v.spend), iroas: rate(v.incremental_revenue, v.spend) });

    class WhatIf {
        constructor(data, wasm) {
            this.data = data;
            this.kernel = new Kernel(wasm, bytesOf(data.model));
            this.target = data.target && this.openTarget(data.target);
        }
        get saved() { return this.data.budgets.map((b) => b.budget); }

        // As in responses.c: ad sets for the same people, one of which does not spend its budget.
        contested(x, budgets, a) {
            const { ad_sets, budgets: payers, spent } = this.data;
            if (!ad_sets[a].alike.length) return 0;
            let moved = 0, unspent = false;
            for (const b of [a, ...ad_sets[a].alike]) {
                const k = ad_sets[b].budget, own = payers[k].budget;
                let ran = 0, now = 0;
                ad_sets.forEach((s, c) => {
                    if (s.budget !== k) return;
                    ran += s.ran.spend;
                    now += s.ran.spend * x.ratio(c, 'spend');
                });
                unspent ||= ran < spent * own || now < spent * budgets[k];
                moved = Math.max(moved, Math.abs(x.ratio(b, 'impressions') - 1), own > 0 ? Math.abs(budgets[k] / own - 1) : 0);
            }
            return unspent ? moved : 0;
        }

        // Values and errors of every ad set and of the plan, and the futures that meet the target.
        answer(budgets, coarse = false) {
            const x = this.kernel.answer(budgets, coarse), share = this.data.model_share;
            const plan = { ...this.data.plan }, square = {};
            const adSets = this.data.ad_sets.map((set, a) => {
                const value = {}, error = {}, contested = this.contested(x, budgets, a);
                for (const v of VALUES) {
                    const m = MEASURE_OF[v];
                    const r = m === 'credited' ? credited(x, a, set.organic_share) : { ratio: x.ratio(a, m), error: x.error(a, m) };
                    const at = (taken) => scaled(set.ran[v], { ratio: r.ratio, error: Math.hypot(r.error, taken * contested) }, share);
                    const own = at(this.data.alike_share), inPlan = at(this.data.alike_plan_share);
                    value[v] = own.value;
                    error[v] = own.error;
                    plan[v] += own.value - set.ran[v];
                    square[v] = (square[v] ?? 0) + inPlan.error * inPlan.error;
                }
                return { name: set.name, value: withRates(value), error };
            });
            const reach = scaled(this.data.plan.reach, { ratio: x.reach, error: x.reachError }, share);
            const error = Object.fromEntries(VALUES.map((v) => [v, Math.sqrt(square[v])]));
            plan.reach = reach.value;
            error.reach = reach.error;
            return { adSets, plan: { value: withRates(plan), error }, chance: this.target && this.chanceAt(x) };
        }

        // --- the chance of the target: each predictive draw moves as its parameters say ---
        openTarget(target) {
            const form = (f) => ({ whole: floatsOf(f.whole), parts: f.parts.map((p) => ({ ...p, value: floatsOf(p.value) })) });
            return { ...target, numerator: form(target.numerator), denominator: form(target.denominator),
                draws: floatsOf(target.draws) };
        }
        formAt(form, x) {
            const now = form.whole.slice();
            for (const p of form.parts) {
                const ratio = p.answers === 'plan_reach' ? x.reach
                    : p.answers === 'credited' ? credited(x, p.ad_set, this.data.ad_sets[p.ad_set].organic_share).ratio
                        : x.ratio(p.ad_set, p.answers);
                for (let j = 0; j < now.length; j++) now[j] += p.value[j] * (ratio - 1);
            }
            return now;
        }
        chanceAt(x) {
            const { numerator, denominator, draws, pairs, at_least } = this.target;
            const above = this.formAt(numerator, x), below = this.formAt(denominator, x);
            let met = 0;
            for (let d = 0; d < draws.length; d++) {
                const j = d % pairs;
                const move = above[j] / below[j] - numerator.whole[j] / denominator.whole[j];
                if (draws[d] + move >= at_least) met++;
            }
            return met / draws.length;
        }
    }

    // --- the split: what one budget gains the others lose, in proportion, up to what the model knows ---
    const MULTIPLE_MOST = 4;
    const cents = (x) => Math.round(x * 100) / 100;
    class Split {
        constructor(budgets, held) { // held: may never move
            this.saved = budgets.slice();
            this.now = budgets.slice();
            this.held = held.slice();
            this.locked = budgets.map(() => false);
            this.past = [];
            this.future = [];
        }
        isFree(i) { return !this.held[i] && !this.locked[i]; }
        most(i) { return MULTIPLE_MOST * this.saved[i]; }
        move(i, wanted) {
            const others = this.now.map((_, j) => j).filter((j) => j !== i && this.isFree(j));
            if (this.held[i] || !others.length) return;
            const pool = this.now[i] + others.reduce((sum, j) => sum + this.now[j], 0);
            const room = others.reduce((sum, j) => sum + this.most(j), 0);
            const value = cents(Math.min(Math.max(wanted, pool - room, 0), this.most(i), pool));
            let left = pool - value, open = others;
            const next = this.now.slice();
            next[i] = value;
            while (open.length) { // those that are full leave the rest to the others
                const weight = (j) => this.now[j] || this.saved[j] * 1e-6;
                const sum = open.reduce((s, j) => s + weight(j), 0);
                const full = open.filter((j) => left * weight(j) / sum >= this.most(j));
                if (!full.length) {
                    for (const j of open) next[j] = cents(left * weight(j) / sum);
                    break;
                }
                for (const j of full) {
                    next[j] = this.most(j);
                    left -= next[j];
                }
                open = open.filter((j) => !full.includes(j));
            }
            const largest = others.reduce((a, b) => (next[b] > next[a] ? b : a));
            const total = this.now.reduce((s, x) => s + x, 0), off = total - next.reduce((s, x) => s + x, 0);
            next[largest] = cents(next[largest] + off);
            this.now = next;
        }
        keep(before) { // `before` the move is what undo goes back to
            if (before.every((x, i) => x === this.now[i])) return;
            this.past.push(before);
            this.future = [];
        }
        undo() { this.step(this.past, this.future); }
        redo() { this.step(this.future, this.past); }
        step(from, to) {
            if (!from.length) return;
            to.push(this.now);
            this.now = from.pop();
        }
        reset() {
            const before = this.now;
            this.now = this.saved.slice();
            this.keep(before);
        }
    }

    // A scenario that runs beside the folder's resolved.yaml, which holds every value that was used.
    const yamlOf = (data, budgets) => {
        const campaigns = new Map();
        const lines = data.budgets.filter((b) => !b.fixed).length ? data.budgets.flatMap((b, i) => {
            if (b.fixed && budgets[i] === b.budget && !b.campaign_key) return [];
            if (b.campaign_key) campaigns.set(b.campaign_key, (campaigns.get(b.campaign_key) ?? 0) + budgets[i]);
            return [`  ${JSON.stringify(b.key)}: ${budgets[i].toFixed(2)}`];
        }) : [];
        for (const [key, sum] of campaigns) lines.push(`  ${JSON.stringify(key)}: ${sum.toFixed(2)}`);
        return '# A split tried in the what-if of a report: save it in that result folder, then: adsim run FILE\n' +
            'extends: resolved.yaml\nset:\n' + lines.join('\n') + '\n';
    };

    if (typeof document === 'undefined') {
        globalThis.adsimWhatIf = { WhatIf, Split, yamlOf };
        return;
    }

    // --- the page ---
    const panel = document.getElementById('what-if-panel');
    const kernelText = document.getElementById('what-if-kernel')?.textContent;
    const dataText = document.getElementById('what-if-data')?.textContent;
    if (!panel || !kernelText || !dataText) return;
    let whatIf;
    try {
        whatIf = new WhatIf(JSON.parse(dataText), bytesOf(kernelText.trim()));
    } catch (e) {
        panel.hidden = false;
        panel.textContent = 'The simulator in this page could not start: ' + e.message;
        return;
    }
    const { data } = whatIf;
    const split = new Split(whatIf.saved, data.budgets.map((b) => Boolean(b.fixed)));
    const saved = whatIf.answer(split.saved);

    const make = (name, attributes = {}, ...children) => {
        const svg = ['svg', 'circle'].includes(name);
        const e = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
        e.append(...children);
        return e;
    };
    const whole = (x) => Math.round(x).toLocaleString('en-GB');
    const money = (x) => (x >= 100 || x === 0 ? whole(x) : x.toFixed(2));
    const count = (x) => (x >= 1e5 ? (x / 1e6).toFixed(2) + '\u202fM' : whole(x));
    const ratio = (x) => (Number.isFinite(x) ? x.toFixed(2) : '–');
    const signed = (x, text) => (x >= 0 ? '+' : '\u2212') + text(Math.abs(x));

    // What the plan comes to: name, value, how it reads, its error.
    const relative = (p, v, of) => Math.abs(p.value[of]) * rate(p.error[v], p.value[v]);
    const TILES = [
        ['Caused conversions', 'incremental_conversions', count, (p) => p.error.incremental_conversions],
        ['Conversions', 'conversions', count, (p) => p.error.conversions],
        ['People reached', 'reach', count, (p) => p.error.reach],
        ['ROAS', 'roas', ratio, (p) => relative(p, 'revenue', 'roas')],
        ['iROAS', 'iroas', ratio, (p) => relative(p, 'incremental_revenue', 'iroas')],
    ];

    const DOTS = 50, circles = [];
    const dots = make('svg', { class: 'dots', viewBox: '0 0 500 40', role: 'img' });
    for (let i = 0; i < DOTS; i++)
        circles.push(dots.appendChild(make('circle', { cx: 10 + 20 * (i % 25), cy: 10 + 20 * Math.floor(i / 25), r: 7 })));
    const chanceLine = make('p', { class: 'advice' });
    const tiles = TILES.map(([title]) => {
        const value = make('p', { class: 'value' }), note = make('p', { class: 'note' });
        return { value, note, item: make('li', {}, make('p', { class: 'label' }, title), value, note) };
    });

    const total = split.saved.reduce((s, x) => s + x, 0);
    const scale = Math.min(total, Math.max(...split.saved.map((_, i) => split.most(i)))); // one for all sliders
    const rows = data.budgets.map((b, i) => {
        const id = 'what-if-' + i;
        const slider = make('input', { type: 'range', id, min: 0, max: Math.ceil(scale), step: Math.max(1, Math.round(total / 600)),
            'aria-describedby': id + '-told' });
        const value = make('output', { for: id, class: 'amount' }), told = make('span', { id: id + '-told', class: 'told' });
        const lock = make('button', { type: 'button', class: 'lock', 'aria-pressed': 'false' });
        lock.setAttribute('aria-label', 'Lock the budget of ' + b.name);
        const order = data.ad_sets.findIndex((a) => a.budget === i);
        const name = make('label', { for: id }, make('span', { class: `swatch c${order % 8}${order >= 8 ? ' again' : ''}` }), make('bdi', {}, b.name));
        const track = make('span', { class: 'track' }, make('span', { class: 'ghost' }), slider);
        track.style.setProperty('--ghost', String(split.saved[i] / (scale || 1)));
        if (b.fixed) {
            slider.disabled = lock.disabled = true;
            told.textContent = 'Not moved here: ' + b.fixed + '.';
        }
        return { slider, value, told, lock, row: make('div', { class: 'row' }, name, track, value, lock, told) };
    });

    const live = make('p', { class: 'visually-hidden', role: 'status' });
    const buttons = make('div', { class: 'actions' });
    const action = (text, act) => {
        const b = make('button', { type: 'button' }, text);
        b.addEventListener('click', act);
        buttons.append(b);
        return b;
    };
    const yaml = make('pre', { class: 'command yaml' }, make('code', { tabindex: 0 }));
    yaml.hidden = true;

    // --- what is shown ---
    const showAnswer = (x, coarse) => {
        panel.classList.toggle('coarse', coarse);
        TILES.forEach(([, v, text, errorOf], t) => {
            const error = errorOf(x.plan), change = x.plan.value[v] - saved.plan.value[v];
            const same = !(Math.abs(change) > 1e-9 * Math.abs(saved.plan.value[v]));
            tiles[t].value.textContent = text(x.plan.value[v]);
            tiles[t].note.textContent = same ? 'as in the run' : `${signed(change, text)} ± ${text(error)}, was ${text(saved.plan.value[v])}`;
        });
        if (!whatIf.target) return;
        const full = Math.round(DOTS * x.chance), ghost = Math.round(DOTS * saved.chance);
        circles.forEach((c, i) => c.setAttribute('class', (i < full ? 'full' : 'hollow') + (i < ghost ? ' was' : '')));
        const target = `${whatIf.target.label} ${whatIf.target.at_least}`;
        dots.setAttribute('aria-label', `${full} of ${DOTS} futures reach ${target}; ${ghost} in the run`);
        chanceLine.textContent = `${Math.round(100 * x.chance)} % chance to reach ${target}` +
            (full === ghost ? '' : `, ${Math.round(100 * saved.chance)} % in the run`);
    };
    const showSplit = (x) => {
        data.budgets.forEach((b, i) => {
            const { slider, value, told, lock, row } = rows[i], now = split.now[i];
            slider.value = String(now);
            slider.setAttribute('aria-valuetext', `${money(now)} ${data.currency}, ${Math.round(100 * now / total)} % of the plan`);
            value.textContent = `${money(now)} · ${Math.round(100 * now / total)} %`;
            const free = data.budgets.filter((_, j) => j !== i && split.isFree(j)).length;
            slider.disabled = Boolean(b.fixed) || split.locked[i] || !free;
            lock.setAttribute('aria-pressed', String(split.locked[i]));
            lock.textContent = split.locked[i] ? 'Locked' : 'Lock';
            row.classList.toggle('moved', now !== split.saved[i]);
            if (b.fixed) return;
            const own = data.ad_sets.map((s, a) => (s.budget === i ? x.adSets[a].value : null)).filter(Boolean);
            const sum = (v) => own.reduce((s, o) => s + o[v], 0);
            const change = now - split.saved[i];
            told.textContent = `${count(sum('incremental_conversions'))} caused, iROAS ${ratio(rate(sum('incremental_revenue'), sum('spend')))}` +
                (change ? ` · ${signed(change, money)}` : '') +
                (now >= split.most(i) - 1 ? ` · the model goes no further than ${MULTIPLE_MOST} × the run's budget` : '');
        });
        undo.disabled = !split.past.length;
        redo.disabled = !split.future.length;
        reset.disabled = split.now.every((b, i) => b === split.saved[i]);
    };
    const show = (coarse) => {
        const x = whatIf.answer(split.now, coarse);
        showAnswer(x, coarse);
        showSplit(x);
        yaml.firstChild.textContent = yamlOf(data, split.now);
        if (!coarse)
            live.textContent = (whatIf.target ? chanceLine.textContent + '. ' : '') +
                `Caused conversions ${count(x.plan.value.incremental_conversions)}, ROAS ${ratio(x.plan.value.roas)}.`;
    };

    // --- what a person does: coarse while a slider is dragged, everybody when it is let go ---
    let before = null, waiting = false;
    rows.forEach(({ slider, lock }, i) => {
        slider.addEventListener('input', () => {
            before ??= split.now;
            split.move(i, Number(slider.value));
            if (waiting) return;
            waiting = true;
            requestAnimationFrame(() => {
                waiting = false;
                if (before) show(true);
            });
        });
        slider.addEventListener('change', () => {
            if (before) split.keep(before);
            before = null;
            show(false);
        });
        lock.addEventListener('click', () => {
            split.locked[i] = !split.locked[i];
            show(false);
        });
    });
    const undo = action('Undo', () => { split.undo(); show(false); });
    const redo = action('Redo', () => { split.redo(); show(false); });
    const reset = action('Back to the run', () => { split.reset(); show(false); });
    const copy = action('Copy as YAML', async () => {
        yaml.hidden = false;
        try {
            await navigator.clipboard.writeText(yaml.firstChild.textContent);
            copy.textContent = 'Copied';
        } catch { // a browser that does not allow it
            getSelection().selectAllChildren(yaml.firstChild);
            copy.textContent = 'Press Ctrl-C';
        }
        setTimeout(() => (copy.textContent = 'Copy as YAML'), 2000);
    });
    panel.append(...(whatIf.target ? [chanceLine, dots] : []), make('ul', { class: 'tiles' }, ...tiles.map((t) => t.item)),
        make('div', { class: 'split', role: 'group', 'aria-label': 'Split of the budget' }, ...rows.map((r) => r.row)), buttons, yaml, live);
    panel.hidden = false;
    show(false);
})();
