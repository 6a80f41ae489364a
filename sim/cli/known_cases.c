/* known_cases.c -- configs/reference/cases.json, as it is, inside the program: no file that could be
 * missing or of another version. */
#include "sim/cli/known_answers.h"

__asm__(".pushsection .rodata\n"
        ".globl known_cases\n"
        ".type known_cases, @object\n"
        "known_cases:\n"
        ".incbin \"configs/reference/cases.json\"\n"
        ".byte 0\n"
        ".size known_cases, . - known_cases\n"
        ".popsection\n");
