/*
 * The steps of a setup: what looks and what acts. setup.c strings them together.
 */
#ifndef LIFECYCLE_SETUP_H
#define LIFECYCLE_SETUP_H

#include "lifecycle/work.h"

/* In the directory. */
exs_status setup_look_application(void *self, step_sight *sight, exs_error *error);
exs_status setup_make_application(void *self, exs_error *error);
exs_status setup_look_principal(void *self, step_sight *sight, exs_error *error);
exs_status setup_make_principal(void *self, exs_error *error);
exs_status setup_ask_permission(void *self, exs_error *error);
exs_status setup_look_permission_anew(void *self, step_sight *sight, exs_error *error);
exs_status setup_look_grant(void *self, step_sight *sight, exs_error *error);
exs_status setup_make_grant(void *self, exs_error *error);
exs_status setup_look_role(void *self, step_sight *sight, exs_error *error);
exs_status setup_assign_role(void *self, exs_error *error);

/* In the device, between it and the directory, and in the profile. */
exs_status setup_look_key(void *self, step_sight *sight, exs_error *error);
exs_status setup_make_key(void *self, exs_error *error);
exs_status setup_look_certificate(void *self, step_sight *sight, exs_error *error);
exs_status setup_make_certificate(void *self, exs_error *error);
exs_status setup_look_upload(void *self, step_sight *sight, exs_error *error);
exs_status setup_upload(void *self, exs_error *error);
exs_status setup_look_profile(void *self, step_sight *sight, exs_error *error);
exs_status setup_write_profile(void *self, exs_error *error);
exs_status setup_look_token(void *self, step_sight *sight, exs_error *error);
exs_status setup_prove_token(void *self, exs_error *error);
exs_status setup_look_cmdlet(void *self, step_sight *sight, exs_error *error);
exs_status setup_prove_cmdlet(void *self, exs_error *error);

/* Reads the application anew: what was read before may be old, and the list is read and written in one go. */
EXS_MUST_USE exs_status setup_reload(work *w, exs_error *error);

#endif
