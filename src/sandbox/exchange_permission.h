/*
 * Who may open a mailbox, and who may see its folders.
 *
 * The entries of a mailbox are made up from its number until somebody changes one; from then on all of
 * them are kept.
 */
#ifndef SANDBOX_EXCHANGE_PERMISSION_H
#define SANDBOX_EXCHANGE_PERMISSION_H

#include "exchange_parameters.h"

extern const struct parameter get_permission_parameters[], add_permission_parameters[],
	remove_permission_parameters[];
void run_get_permission(struct call *call);
void run_native_permission(struct call *call);
void run_add_permission(struct call *call);
void run_remove_permission(struct call *call);

extern const struct parameter get_folder_parameters[], write_folder_parameters[],
	remove_folder_parameters[];
void run_get_folder_permission(struct call *call);
void run_native_folder_permission(struct call *call);
void run_add_folder_permission(struct call *call);
void run_set_folder_permission(struct call *call);
void run_remove_folder_permission(struct call *call);

#endif
