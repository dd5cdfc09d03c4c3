/*
 * libexosign: Exchange Online with a key that never leaves the token.
 *
 * Four nevers: the library never prints, never exits, never reads the environment, never asks the user.
 * Ownership: what a *ret_ parameter receives is the caller's and is freed by the function of the same
 * noun; on failure it is untouched. Strings handed in are copied. Strings handed out belong to the
 * object they came from. Free functions take NULL.
 * Threads: a context, a signer and a credential may be shared between threads; an exchange session, its rows, a
 * command and an error belong to one thread at a time.
 */
#ifndef EXOSIGN_EXOSIGN_H
#define EXOSIGN_EXOSIGN_H

#include <exosign/app.h>
#include <exosign/batch.h>
#include <exosign/certificate.h>
#include <exosign/check.h>
#include <exosign/cmdlets.h>
#include <exosign/context.h>
#include <exosign/credential.h>
#include <exosign/doctor.h>
#include <exosign/error.h>
#include <exosign/exchange.h>
#include <exosign/explain.h>
#include <exosign/inventory.h>
#include <exosign/issue.h>
#include <exosign/keys.h>
#include <exosign/resource.h>
#include <exosign/signer.h>
#include <exosign/signin.h>
#include <exosign/token.h>
#include <exosign/vault.h>
#include <exosign/version.h>

#endif
