// chromium.mjs -- Debian's Chromium without a window, driven over a pipe: no port, no package.
//
// The browser reads commands of its DevTools protocol from descriptor 3 and answers on 4, each a JSON text that
// ends with a zero byte. One browser serves all pages of a test.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The program, or why there is none.
export function chromiumFound() {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
        if (spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) return name;
    return null;
}

export class Browser {
    static async start(program) {
        const browser = new Browser();
        browser.profile = mkdtempSync(join(tmpdir(), 'adsim-chromium-'));
        browser.process = spawn(program, [
            '--headless=new', '--no-sandbox', '--remote-debugging-pipe', '--disable-gpu', '--disable-dev-shm-usage',
            '--disable-background-networking', '--disable-extensions', '--no-first-run', '--hide-scrollbars',
            '--force-device-scale-factor=1', '--font-render-hinting=none', '--user-data-dir=' + browser.profile,
        ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        browser.waiting = new Map();
        browser.listeners = [];
        browser.number = 0;
        const parts = [];
        browser.process.stdio[4].on('data', (chunk) => {
            for (let end; (end = chunk.indexOf(0)) >= 0; chunk = chunk.subarray(end + 1)) {
                const text = Buffer.concat([...parts.splice(0), chunk.subarray(0, end)]).toString();
                browser.hear(JSON.parse(text));
            }
            if (chunk.length) parts.push(chunk);
        });
        browser.process.on('exit', () => {
            for (const { reject } of browser.waiting.values()) reject(new Error('chromium ended'));
            browser.waiting.clear();
        });
        await browser.send('Browser.getVersion');
        return browser;
    }

    hear(message) {
        const asked = this.waiting.get(message.id);
        if (!asked) return this.listeners.forEach((listener) => listener(message));
        this.waiting.delete(message.id);
        if (message.error) asked.reject(new Error(asked.method + ': ' + message.error.message));
        else asked.resolve(message.result);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.number;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject, method });
            this.process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        });
    }

    // A page of its own. It keeps what went wrong in it (complaints) and whatever it asked for (requests).
    async page({ width = 1440, height = 900, dark = false, scripts = true, mobile = false } = {}) {
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this, targetId, sessionId);
        this.listeners.push((message) => message.sessionId === sessionId && page.hear(message));
        for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'DOM', 'Accessibility'])
            await page.send(domain + '.enable');
        await page.size(width, height, mobile);
        await page.look(dark ? 'dark' : 'light');
        if (!scripts) await page.send('Emulation.setScriptExecutionDisabled', { value: true });
        return page;
    }

    async end() {
        const gone = new Promise((resolve) => this.process.once('exit', resolve));
        this.send('Browser.close').catch(() => {});
        const stubborn = setTimeout(() => this.process.kill('SIGKILL'), 10000);
        await gone;
        clearTimeout(stubborn);
        rmSync(this.profile, { recursive: true, force: true, maxRetries: 3 });
    }
}

class Page {
    constructor(browser, targetId, sessionId) {
        Object.assign(this, { browser, targetId, sessionId, complaints: [], requests: [], once: new Map() });
    }

    send(method, params) {
        return this.browser.send(method, params, this.sessionId);
    }

    hear({ method, params }) {
        if (method === 'Runtime.exceptionThrown')
            this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type))
            this.complaints.push(params.args.map((a) => a.value ?? a.description).join(' '));
        if (method === 'Log.entryAdded' && params.entry.level === 'error') this.complaints.push(params.entry.text);
        if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
        this.once.get(method)?.(params);
    }

    next(method) {
        return new Promise((resolve) => this.once.set(method, (params) => {
            this.once.delete(method);
            resolve(params);
        }));
    }

    // Opens a file and waits until all of it is there.
    async open(file, fragment = '') {
        const loaded = this.next('Page.loadEventFired');
        const { errorText } = await this.send('Page.navigate', { url: pathToFileURL(file).href + fragment });
        if (errorText) throw new Error(file + ': ' + errorText);
        await loaded;
    }

    size(width, height, mobile = false) {
        return this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
    }

    look(scheme, media = '') {
        return this.send('Emulation.setEmulatedMedia', {
            media, features: [{ name: 'prefers-color-scheme', value: scheme }],
        });
    }

    // The value of an expression in the page; promises are waited for.
    async evaluate(expression) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
            expression, awaitPromise: true, returnByValue: true, userGesture: true,
        });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    // A key as a person presses it: 'Tab', 'Enter', ' ', 'ArrowRight'.
    async press(key) {
        const text = { Enter: '\r', ' ': ' ' }[key];
        const code = { ' ': 'Space' }[key] ?? key;
        const number = { Tab: 9, Enter: 13, ' ': 32, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Home: 36,
            End: 35, Escape: 27 }[key];
        const event = { key, code, windowsVirtualKeyCode: number, ...(text && { text }) };
        await this.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...event });
        await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    }

    // Roles and names as a screen reader is told them.
    async accessible() {
        const { nodes } = await this.send('Accessibility.getFullAXTree');
        return nodes.filter((n) => !n.ignored).map((n) => ({
            role: n.role?.value, name: n.name?.value ?? '',
            level: n.properties?.find((p) => p.name === 'level')?.value.value,
        }));
    }

    // PNG of what the window shows, so much smaller; height 0: of the whole page.
    async screenshot({ width = 1440, height = 0, scale = 1 } = {}) {
        const whole = await this.evaluate('document.documentElement.scrollHeight');
        const { data } = await this.send('Page.captureScreenshot', {
            format: 'png', captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: height || whole, scale },
        });
        return Buffer.from(data, 'base64');
    }

    // PDF on A4, as the print dialogue's defaults give it.
    async pdf() {
        const { data } = await this.send('Page.printToPDF', {
            paperWidth: 8.27, paperHeight: 11.69, printBackground: true, preferCSSPageSize: true,
        });
        return Buffer.from(data, 'base64');
    }

    async close() {
        await this.browser.send('Target.closeTarget', { targetId: this.targetId });
    }
}

// Pages of a PDF, counted where they are listed.
export function pdfPages(pdf) {
    return Math.max(0, ...Array.from(pdf.toString('latin1').matchAll(/\/Type\s*\/Pages\b[^]*?\/Count\s+(\d+)/g),
        (match) => Number(match[1])));
}
