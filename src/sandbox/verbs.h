/*
 * The verbs of the program. Each takes the words after its name and returns the exit code.
 */
#ifndef SANDBOX_VERBS_H
#define SANDBOX_VERBS_H

int verb_up(int argc, char **argv);
int verb_serve(int argc, char **argv);
int verb_down(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_env(int argc, char **argv);
int verb_fault(int argc, char **argv);
int verb_throttle(int argc, char **argv);
int verb_ledger(int argc, char **argv);
int verb_app(int argc, char **argv);
int verb_vault(int argc, char **argv);
int verb_approve(int argc, char **argv);
int verb_signin(int argc, char **argv);
int verb_admin_token(int argc, char **argv);
int verb_device(int argc, char **argv);

#endif
