/* document_assets.c -- page.css, page.js and those of the what-if, as they are, inside the program: no file that could be missing or of
 * another version. */
#include "sim/report/document_assets.h"

#define TAKEN_IN(name, file)                                                                       \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl " name "\n"                                                                    \
            ".type " name ", @object\n" name ":\n"                                                 \
            ".incbin \"sim/report/" file "\"\n"                                                    \
            ".byte 0\n"                                                                            \
            ".size " name ", . - " name "\n"                                                       \
            ".popsection\n")

TAKEN_IN("page_style", "page.css");
TAKEN_IN("page_script", "page.js");
TAKEN_IN("whatif_style", "whatif.css");
TAKEN_IN("whatif_script", "whatif.js");
