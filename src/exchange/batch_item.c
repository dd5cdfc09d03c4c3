/* One item of a batch. */
#include "exchange/batch_item.h"

void
batch_item_free(batch_item *item)
{
	if (item == NULL)
		return;
	exs_command_free(item->command);
	mem_free(item->cmdlet);
	mem_free(item->id);
	mem_free(item);
}

/* FNV-1a over 64 bits, ASCII letters alike; two objects that fall together only wait for each other. */
static uint64_t
add(uint64_t sum, span text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		sum = (sum ^ c) * 1099511628211ULL;
	}
	return sum;
}

/* alex@contoso.com:\Calendar is about alex@contoso.com. */
static span
owner_part(span identity)
{
	ptrdiff_t folder = span_find(identity, ":\\");

	return folder < 0 ? identity : span_from(identity.at, (size_t)folder);
}

/*
 * The parameter that names the object, the first that is given. What has none (Set-OrganizationConfig) is about whatever its noun
 * is.
 */
uint64_t
batch_item_object(const exs_command *command)
{
	static const char *const names[] = {"Identity", "Mailbox", "PrimarySmtpAddress", "Alias", "Name"};
	EXS_SCOPED(buf) text = BUF(COMMAND_BODY_MAX);
	uint64_t sum = 14695981039346656037ULL;
	span     noun = span_of(exs_command_name(command));

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		buf_clear(&text);
		if (command_string(command, names[i], &text) && text.len > 0)
			return add(sum, owner_part(span_trim(buf_span(&text))));
	}
	(void)span_cut(&noun, '-');
	return add(add(sum, span_of("-")), noun);
}
