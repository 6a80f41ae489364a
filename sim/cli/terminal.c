/* terminal.c -- asks the environment, then the terminal. */
#include "sim/cli/terminal.h"

#include "sim/cli/options.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long width = 100;
    if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
        width = size.ws_col;
    if (columns) whole_number(columns, 20, 1000, &width);
    return (int)width;
}
