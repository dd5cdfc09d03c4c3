/* A certificate that was made, imported or deleted, as a row. */
#ifndef CLI_ISSUESHOW_H
#define CLI_ISSUESHOW_H

#include "base/jsonobject.h"

#include <exosign/issue.h>

void issueshow_add(jsonobject *to, const exs_issued_facts *facts);

#endif
