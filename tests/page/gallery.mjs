// gallery.mjs -- small pictures of pages, for README.md: make gallery.
//
//   node tests/page/gallery.mjs TO NAME=PAGE...      writes TO/NAME.png, the top of each page
import { Browser, chromiumFound } from './chromium.mjs';
import { writeFileSync } from 'node:fs';

const WIDTH = 1200, HEIGHT = 1500, SCALE = 0.6;
const [to, ...pages] = process.argv.slice(2);
const program = chromiumFound();
if (!program) {
    console.error('gallery: chromium is missing');
    process.exit(1);
}
const browser = await Browser.start(program);
for (const [name, file] of pages.map((page) => page.split('='))) {
    const page = await browser.page({ width: WIDTH, height: HEIGHT });
    await page.open(file);
    await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] });
    writeFileSync(`${to}/${name}.png`, await page.screenshot({ width: WIDTH, height: HEIGHT, scale: SCALE }));
    await page.close();
}
await browser.end();
