/* templates.c -- the scenarios of configs/templates as they are, inside the program: no file that could be missing or of
 * another version. */
#include "sim/cli/templates.h"

#include "models/base/nearest.h"

#include <string.h>

#define TAKE_IN(name)                                                                              \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl template_" #name "\n"                                                          \
            ".type template_" #name ", @object\n"                                                  \
            "template_" #name ":\n"                                                                \
            ".incbin \"configs/templates/" #name ".yaml\"\n"                                       \
            ".byte 0\n"                                                                            \
            ".size template_" #name ", . - template_" #name "\n"                                   \
            ".popsection\n");                                                                      \
    extern const char template_##name[];

TAKE_IN(launch)
TAKE_IN(retail)
TAKE_IN(b2b)
TAKE_IN(organic)

const template_t templates[] = {
    {"launch", "a new product in two waves: be known, then be bought", template_launch},
    {"retail", "a shop before Christmas: new customers and known ones", template_retail},
    {"b2b", "software for companies: few buyers, on LinkedIn", template_b2b},
    {"organic", "a brand's posts, influencers and community over half a year", template_organic},
};
const size_t n_templates = sizeof templates / sizeof *templates;

const template_t *template_find(const char *name)
{
    for (size_t k = 0; k < n_templates; k++)
        if (!strcmp(templates[k].name, name)) return &templates[k];
    return NULL;
}

const char *template_nearest(const char *name)
{
    const char *names[sizeof templates / sizeof *templates];
    for (size_t k = 0; k < n_templates; k++) names[k] = templates[k].name;
    return nearest_name(name, names, n_templates);
}
