/* known_cases.c -- configs/reference/cases.json and allocation.json, as they are, inside the program: no file that could be
 * missing or of another version. */
#include "sim/cli/known_answers.h"

__asm__(".pushsection .rodata\n"
        ".globl known_cases\n"
        ".type known_cases, @object\n"
        "known_cases:\n"
        ".incbin \"configs/reference/cases.json\"\n"
        ".byte 0\n"
        ".size known_cases, . - known_cases\n"
        ".globl known_allocations\n"
        ".type known_allocations, @object\n"
        "known_allocations:\n"
        ".incbin \"configs/reference/allocation.json\"\n"
        ".byte 0\n"
        ".size known_allocations, . - known_allocations\n"
        ".popsection\n");
