/*
 * The sandbox's private authority: it signs its servers' certificates once and is then forgotten.
 */
#ifndef SANDBOX_AUTHORITY_H
#define SANDBOX_AUTHORITY_H

#include <stdbool.h>

/*
 * Makes ca.pem, server-good.pem, server-expired.pem and server-wrong-name.pem in the directory,
 * unless they are there. The authority's key never reaches the disk. False: said why.
 */
bool authority_make(const char *directory);

#endif
