/* folder_of.h -- a result folder of a test's own making: files with the text that the test says. */
#ifndef ADSIM_TESTS_REPORT_FOLDER_OF_H
#define ADSIM_TESTS_REPORT_FOLDER_OF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <setjmp.h>

#include <cmocka.h>

static char made_folder[] = "/tmp/adsim-results-XXXXXX";

static inline const char *made(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", made_folder, name);
    return path;
}

static inline void make_file(const char *name, const char *text)
{
    FILE *to = fopen(made(name), "w");
    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
}

/* Set-up and tear-down of a test: an empty folder. */
static inline int make_folder(void **state)
{
    (void)state;
    strcpy(made_folder + strlen(made_folder) - 6, "XXXXXX");
    return mkdtemp(made_folder) ? 0 : 1;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "/bin/rm -rf '%s'", made_folder);
    return system(command) ? 1 : 0;
}

#endif
