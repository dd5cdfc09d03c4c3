/* What somebody with rights must do instead (entra-graph.md 3.2 to 3.6). */
#include "cli/app_emit.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "cli/show.h"

enum { TEXT_MAX = 128 * 1024, DER_MAX = 64 * 1024 };

#define EXCHANGE      "00000002-0000-0ff1-ce00-000000000000"
#define MANAGE_AS_APP "dc50a0fb-09a3-484d-be87-e023b12c6440" /* the same in every tenant */

typedef struct emission {
	const char *name, *tenant, *role_name, *role_id;
	buf         certificate; /* DER; empty: there is none yet */
} emission;

static void
emission_done(emission *e)
{
	buf_done(&e->certificate);
}

static exs_status
take(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	emission *e = self;

	if (facts->attestation)
		return EXS_OK;
	buf_clear(&e->certificate);
	buf_add(&e->certificate, span_from((const char *)facts->der, facts->der_len));
	return buf_check(&e->certificate, "the certificate", error);
}

/* 'O''Brien', as PowerShell quotes it. */
static void
add_quoted(buf *to, const char *text)
{
	buf_byte(to, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_byte(to, '\'');
		buf_byte(to, *text);
	}
	buf_byte(to, '\'');
}

static void
add_roles(buf *to)
{
	exs_app_role role;

	for (size_t i = 0; exs_app_role_at(i, &role); i++)
		buf_addf(to, "      %-33s %s%s\n", role.name, role.can,
		         role.broad ? " (broad: think twice)" : role.compliance ? " (also Security & Compliance)" : "");
}

static void
add_checklist(const emission *e, buf *to)
{
	buf_addf(to,
	         "For an Application Administrator (1-4, 6) and a Privileged Role Administrator (5) of %s:\n"
	         "[ ] 1 Register an application \"%s\", accounts in this directory only, no redirect address.\n"
	         "[ ] 2 API permissions: Office 365 Exchange Online, application permission Exchange.ManageAsApp.\n"
	         "      (%s, %s)\n"
	         "[ ] 3 Remove User.Read of Microsoft Graph: it is not needed.\n"
	         "[ ] 4 Grant admin consent. (exosign app consent-url prints the address, once client-id is known)\n"
	         "[ ] 5 Assign the enterprise application the directory role %s.\n"
	         "      The least that does the work:\n",
	         e->tenant, e->name, EXCHANGE, MANAGE_AS_APP, e->role_name);
	add_roles(to);
	buf_puts(to, "      Or none, and narrower rights inside Exchange, as an Exchange administrator:\n"
	             "        New-ServicePrincipal -AppId CLIENT-ID -ObjectId OBJECT-ID -DisplayName NAME\n"
	             "          (OBJECT-ID is the enterprise application's, not the app registration's)\n"
	             "        Add-RoleGroupMember ROLE-GROUP -Member OBJECT-ID\n"
	             "      For mailbox data through Graph or EWS rather than cmdlets: RBAC for Applications\n"
	             "        New-ManagementRoleAssignment -App OBJECT-ID -Role 'Application Mail.Read' -CustomResourceScope SCOPE\n"
	             "        Test-ServicePrincipalAuthorization OBJECT-ID\n"
	             "[ ] 6 Upload the certificate: exosign cert show --pem >app.pem (make it first: exosign key generate, exosign "
	             "cert create)\n"
	             "[ ] 7 Send back the application (client) id and the application's object id; then:\n"
	             "      exosign app status\n");
}

static void
add_manifest(const emission *e, buf *to)
{
	buf_puts(to, "{\n  \"displayName\": ");
	jsontext_quote(to, span_of(e->name));
	buf_puts(to, ",\n  \"signInAudience\": \"AzureADMyOrg\",\n  \"requiredResourceAccess\": [\n    {\n"
	             "      \"resourceAppId\": \"" EXCHANGE "\",\n      \"resourceAccess\": [\n"
	             "        {\"id\": \"" MANAGE_AS_APP "\", \"type\": \"Role\"}\n      ]\n    }\n  ]");
	if (e->certificate.len > 0) {
		buf_puts(to, ",\n  \"keyCredentials\": [\n    {\"type\": \"AsymmetricX509Cert\", \"usage\": \"Verify\", \"key\": \"");
		encode_base64(to, buf_span(&e->certificate));
		buf_puts(to, "\"}\n  ]");
	}
	buf_puts(to, "\n}\n");
}

static void
add_powershell(const emission *e, buf *to)
{
	buf_puts(to, "# Microsoft Graph PowerShell; adds, never replaces.\n"
	             "Connect-MgGraph -Scopes Application.ReadWrite.All,AppRoleAssignment.ReadWrite.All,"
	             "RoleManagement.ReadWrite.Directory -TenantId ");
	add_quoted(to, e->tenant);
	buf_puts(to, "\n$name = ");
	add_quoted(to, e->name);
	buf_puts(to, "\n$exchange = Get-MgServicePrincipal -Filter \"appId eq '" EXCHANGE "'\"\n"
	             "$permission = $exchange.AppRoles | Where-Object { $_.Value -eq 'Exchange.ManageAsApp' }\n"
	             "$app = New-MgApplication -DisplayName $name -SignInAudience AzureADMyOrg -RequiredResourceAccess @(@{\n"
	             "    ResourceAppId = '" EXCHANGE "'\n"
	             "    ResourceAccess = @(@{ Id = $permission.Id; Type = 'Role' }) })\n"
	             "$principal = New-MgServicePrincipal -AppId $app.AppId\n"
	             "Start-Sleep -Seconds 30\n"
	             "New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id -PrincipalId $principal.Id `\n"
	             "    -ResourceId $exchange.Id -AppRoleId $permission.Id\n");
	if (e->role_id[0] != '\0')
		buf_addf(to,
		         "New-MgRoleManagementDirectoryRoleAssignment -DirectoryScopeId '/' -PrincipalId $principal.Id `\n"
		         "    -RoleDefinitionId '%s' # %s\n",
		         e->role_id, e->role_name);
	if (e->certificate.len > 0) {
		buf_puts(to, "Update-MgApplication -ApplicationId $app.Id -KeyCredentials @($app.KeyCredentials + @{\n"
		             "    Type = 'AsymmetricX509Cert'; Usage = 'Verify'\n    Key = [Convert]::FromBase64String('");
		encode_base64(to, buf_span(&e->certificate));
		buf_puts(to, "') })\n");
	}
	buf_puts(to, "\"client-id = $($app.AppId)\"; \"object id = $($app.Id)\"\n");
}

static const struct {
	const char *name;
	void (*add)(const emission *e, buf *to);
} forms[] = {{"checklist", add_checklist}, {"manifest", add_manifest}, {"powershell", add_powershell}};

static void
choose_role(const app_run *run, emission *e)
{
	exs_app_role role;

	e->role_name = "that it needs";
	e->role_id = "";
	for (size_t i = 0; run->options.role != NULL && exs_app_role_at(i, &role); i++) {
		if (!span_is_nocase(span_of(role.name), run->options.role) &&
		    !span_is_nocase(span_of(role.template_id), run->options.role))
			continue;
		e->role_name = role.name;
		e->role_id = role.template_id;
	}
}

exs_status
app_emit(const app_run *run, const char *form, exs_error *error)
{
	EXS_SCOPED(emission) e = {.name = run->options.name,
	                          .tenant = run->options.identity->tenant,
	                          .certificate = BUF(DER_MAX)};
	EXS_SCOPED(buf) text = BUF(TEXT_MAX);

	choose_role(run, &e);
	if (e.tenant == NULL)
		return exs_fail(error, E_CONFIG_MISSING, "tenant is not set");
	/* without a certificate yet, the text does without */
	if (exs_certificate_walk(run->inv->context, run->options.signer->key_uri,
	                         run->options.signer->deadline_ms, take, &e, NULL) != EXS_OK)
		buf_clear(&e.certificate);
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (strcmp(form, forms[i].name) == 0)
			forms[i].add(&e, &text);
	EXS_TRY(buf_check(&text, "the text", error));
	return show_text(buf_span(&text), error);
}
