// page.js -- what a reader can do in report.html beyond reading: sort tables, copy commands. Without it, all is there.
'use strict';
(() => {
    // Buttons appear only where they work.
    const button = (parent, text, label, act) => {
        const b = document.createElement('button');
        b.type = 'button';
        b.textContent = text;
        if (label) b.setAttribute('aria-label', label);
        b.addEventListener('click', act);
        parent.append(b);
        return b;
    };

    // --- tables ---
    const keyOf = (cell) => {
        const value = cell.dataset.value ?? cell.textContent.trim();
        return value === '' || isNaN(value) ? cell.textContent.trim() : Number(value);
    };
    // Unknown values come last either way; numbers before words.
    const order = (a, b, direction) => {
        if (a === b) return 0;
        if (a === '' || a === '-') return 1;
        if (b === '' || b === '-') return -1;
        if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
        return direction * (typeof a === 'number' ? a - b : a.localeCompare(b));
    };
    const sort = (table, heading) => {
        const column = heading.cellIndex, body = table.tBodies[0];
        const down = heading.getAttribute('aria-sort') !== 'descending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        Array.from(body.rows, (row) => ({ row, key: keyOf(row.cells[column]) }))
            .sort((a, b) => order(a.key, b.key, down ? -1 : 1))
            .forEach(({ row }) => body.append(row));
    };
    for (const table of document.querySelectorAll('table.sortable'))
        for (const heading of table.tHead.rows[0].cells)
            if (heading.textContent.trim() && table.tBodies[0].rows[0]?.cells[heading.cellIndex]?.className !== 'drawing')
                button(heading, '', 'Sort by ' + heading.textContent.trim(), () => sort(table, heading));

    // --- commands ---
    for (const command of document.querySelectorAll('pre.command')) {
        const text = command.textContent;
        const b = button(command, 'Copy', 'Copy this command', async () => {
            try {
                await navigator.clipboard.writeText(text);
                b.textContent = 'Copied';
            } catch {
                getSelection().selectAllChildren(command.querySelector('code')); // a browser that does not allow it
                b.textContent = 'Press Ctrl-C';
            }
            setTimeout(() => (b.textContent = 'Copy'), 2000);
        });
    }

    // --- a definition that is gone to ---
    const reveal = () => {
        const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
        const closed = place && place.closest('details:not([open])');
        if (closed) closed.open = true;
    };
    addEventListener('hashchange', reveal);
    reveal();
})();
