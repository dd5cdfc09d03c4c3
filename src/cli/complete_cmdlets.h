/*
 * Completion of cmdlets and their parameters: the lines of a shell's script that ask the program (cmd_complete.c) for them, since
 * only it knows which there are.
 */
#ifndef CLI_COMPLETE_CMDLETS_H
#define CLI_COMPLETE_CMDLETS_H

#include "base/buf.h"

/* In bash within `case $words in`; in zsh at the function's beginning; in fish anywhere. */
void complete_cmdlets_bash(buf *to);
void complete_cmdlets_zsh(buf *to);
void complete_cmdlets_fish(buf *to);

#endif
