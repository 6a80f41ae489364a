/* test_variant.c -- a scenario written out again without some of its keys: lines as they stood where
 * nothing changed them, the composed value where something did. */
#include "sim/config/variant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch[] = "/tmp/adsim-variant-XXXXXX";

static void write_text(const char *name, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    FILE *to = fopen(path, "w");
    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
}

static loaded_t *load(const char *name, const char *set)
{
    char path[100];
    loaded_t *l = NULL;
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    load_options_t how = {.set = &set, .n_set = set ? 1 : 0};
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    if (scenario_load(path, &how, d, &l, &err) != OK)
        fail_msg("%s%s", diagnostics_text(d, FORMAT_SHORT, NULL), err.text);
    diagnostics_free(d);
    return l;
}

/* Without its campaigns and audiences. malloc'ed. */
static char *keys_of(const loaded_t *l)
{
    static const char *const without[] = {"campaigns", "audiences", NULL};
    char *text = NULL;
    size_t length;
    error_t err = {""};
    FILE *to = open_memstream(&text, &length);
    assert_int_equal(loaded_write_keys(l, without, to, &err), OK);
    fclose(to);
    return text;
}

static const char campaigns[] =
    "campaigns: [{campaign: c, objective: sales, lifetime_budget: 1000, ad_sets: [{ad_set: a, "
    "platform: facebook, audience: all, budget: 100%, creatives: [{creative: x, ctr: 1%}]}]}]\n";

static void lines_stand_as_they_were(void **state)
{
    (void)state;
    char text[1200];
    static const char kept[] = "version: 1\n"
                               "name: a plan   # of mine\n"
                               "schedule:\n"
                               "  start: 2026-03-02\n"
                               "  # a comment inside\n"
                               "  days: 7\n"
                               "population: us-adults\n"
                               "platforms: [facebook]\n"
                               "product: {value: 30}\n";
    snprintf(text, sizeof text, "# head\n%s\n# above audiences\naudiences:\n  all: everyone\n%s",
             kept, campaigns);
    write_text("plan.yaml", text);
    loaded_t *l = load("plan.yaml", NULL);
    char *written = keys_of(l);
    assert_string_equal(written, kept);
    free(written);
    loaded_free(l);
}

static void what_set_has_changed_is_written_changed(void **state)
{
    (void)state;
    loaded_t *l = load("plan.yaml", "schedule.days=5");
    char *written = keys_of(l);
    assert_non_null(strstr(written, "schedule: {start: 2026-03-02, days: 5}\n"));
    assert_non_null(strstr(written, "name: a plan   # of mine\n"));
    free(written);
    loaded_free(l);
}

static void what_it_extends_is_written_too(void **state)
{
    (void)state;
    write_text("child.yaml", "extends: plan.yaml\nname: child\nset: {product.value: 50}\n");
    loaded_t *l = load("child.yaml", NULL);
    char *written = keys_of(l);
    assert_non_null(strstr(written, "name: child\n"));
    assert_non_null(strstr(written, "product: {value: 50}\n"));
    assert_non_null(strstr(written, "schedule: {start: 2026-03-02, days: 7}\n"));
    assert_null(strstr(written, "extends"));
    assert_null(strstr(written, "set:"));
    free(written);
    loaded_free(l);
}

/* Elsewhere the name of a preset that stands beside the scenario would find nothing. */
static void a_preset_beside_the_scenario_is_written_whole(void **state)
{
    (void)state;
    char folder[100], text[1200];
    snprintf(folder, sizeof folder, "%s/populations", scratch);
    mkdir(folder, 0777);
    write_text("populations/village.yaml", "name: village\nsize: 500\n");
    snprintf(text, sizeof text,
             "{version: 1, name: v, schedule: {start: 2026-03-02, days: 7}, population: village, "
             "platforms: [{platform: facebook, users: 50%%, "
             "activity: {opportunities_per_day: 4}, market: {cpm: 6}}], product: {value: 30}, "
             "audiences: "
             "{all: everyone}, %.*s}\n",
             (int)strlen(campaigns) - 1, campaigns);
    write_text("village.yaml", text);
    loaded_t *l = load("village.yaml", NULL);
    char *written = keys_of(l);
    assert_non_null(strstr(written, "population: {name: village, size: 500}\n"));
    free(written);
    loaded_free(l);
}

static int make_scratch(void **state)
{
    (void)state;
    return !mkdtemp(scratch);
}

static int remove_scratch(void **state)
{
    (void)state;
    static const char *const names[] = {"plan.yaml", "child.yaml", "village.yaml",
                                        "populations/village.yaml"};
    char path[100];
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", scratch, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/populations", scratch);
    rmdir(path);
    return rmdir(scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_stand_as_they_were),
        cmocka_unit_test(what_set_has_changed_is_written_changed),
        cmocka_unit_test(what_it_extends_is_written_too),
        cmocka_unit_test(a_preset_beside_the_scenario_is_written_whole),
    };
    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
