/* The caller's network settings, copied. */
#include "oauth/network.h"

#include <string.h>

void
network_free(network *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < NETWORK_TEXTS; i++) /* a proxy's URL may hold a password */
		mem_wipe_free(n->texts[i], n->texts[i] == NULL ? 0 : strlen(n->texts[i]));
	mem_free(n);
}

exs_status
network_new(const exs_network *given, bool direct, network **ret, exs_error *error)
{
	EXS_AUTO(network) *n = mem_new(1, sizeof *n);
	exs_network       *s;

	if (n == NULL)
		return mem_fail(error);
	s = &n->settings;
	if (given != NULL)
		memcpy(s, given, given->size < sizeof *s ? given->size : sizeof *s);
	s->size = sizeof *s;
	if (direct)
		s->proxy = NULL;
	EXS_TRY(mem_copy(s->ca_file, &n->texts[0], error));
	EXS_TRY(mem_copy(s->proxy, &n->texts[1], error));
	EXS_TRY(mem_copy(s->no_proxy, &n->texts[2], error));
	EXS_TRY(mem_copy(s->user_agent, &n->texts[3], error));
	s->ca_file = n->texts[0];
	s->proxy = n->texts[1];
	s->no_proxy = n->texts[2];
	s->user_agent = n->texts[3];
	EXS_GIVE(ret, n);
	return EXS_OK;
}
