/* fuzz_yaml.c -- any bytes as a scenario file: no crash, every place inside the file, every problem
 * told; and what loads is repeated by a resolved.yaml that loads. */
#include "sim/config/tree.h"
#include "tests/fuzz/scenario_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_place(place_t at)
{
    if (at.line < 1 || at.column < 1 || at.width < 1 || !at.file || !at.line_text) abort();
}

/* Every byte of every scalar leads to a place. */
static void check_node(const node_t *node)
{
    check_place(node->place);
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == NODE_MAPPING) check_node(node->key[i]);
        check_node(node->item[i]);
    }
    if (node->kind != NODE_SCALAR) return;
    size_t length = strlen(node->text);
    for (size_t i = 0; i <= length && i < 300; i++) check_place(node_place_at(node, i, 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    diagnostics_t *d = diagnostics_new();
    document_t *doc = document_parse("fuzz.yaml", (const char *)data, size, d);
    if (!doc) abort();
    if (!document_root(doc) != (diagnostics_errors(d) > 0)) abort();
    if (document_root(doc)) check_node(document_root(doc));
    document_free(doc);
    diagnostics_free(d);
    file_write(scratch_path(), data, size);
    check_load(scratch_path(), NULL, 0);
    return 0;
}
