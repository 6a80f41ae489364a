/* provenance.c -- run.json: all that may differ between machines, and the digests of all that may not. */
#include "sim/report/provenance.h"

#include "sim/report/json.h"

static json_t *digests_json(const folder_t *f)
{
    json_t *digests = json_object();
    for (int i = 0; i < f->n; i++)
        json_put(&digests, f->file[i].name, json_string(f->file[i].sha256));
    return digests;
}

/* Word by word, so that adsim replay need not guess where one ends. */
static json_t *arguments_json(const provenance_t *p)
{
    json_t *all = json_array();
    for (int i = 0; i < p->arguments; i++) json_add(&all, json_string(p->argument[i]));
    return all;
}

/* The tables of people that were read. */
static json_t *data_json(const loaded_t *loaded)
{
    int n = 0;
    const data_file_t *file = loaded ? loaded_data_files(loaded, &n) : NULL;
    json_t *all = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(all,
                              json_pack("{ss ss sI sI ss}", "key", file[i].key, "path",
                                        file[i].path, "rows", (json_int_t)file[i].rows, "bytes",
                                        (json_int_t)file[i].bytes, "sha256", file[i].sha256));
    return all;
}

status_t provenance_write(const provenance_t *p, const loaded_t *loaded, const folder_t *f,
                          const study_t *study, FILE *to, error_t *err)
{
    json_t *run = json_pack("{ss ss ss ss? ss? ss? so sf si}", "version", ADSIM_VERSION, "git",
                            git_id, "compiler", __VERSION__, "started", p->started, "host", p->host,
                            "command_line", p->command_line, "arguments", arguments_json(p),
                            "seconds", p->seconds, "threads", p->threads);
    if (study) {
        json_put(&run, "candidates", json_integer((json_int_t)study->candidates));
        json_put(&run, "engine", json_string(study->streams ? "streaming" : "closed_loop"));
        json_put(&run, "engine_why", json_string(study->engine_why));
    }
    json_put(&run, "data", data_json(loaded));
    json_put(&run, "sha256", digests_json(f));
    return json_write(run, to, "run.json", err);
}
