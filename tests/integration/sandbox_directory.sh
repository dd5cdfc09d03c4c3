#!/bin/bash
# shellcheck disable=SC2317,SC2016,SC2154 # every test is called by its name; $ belongs to OData; variables are set by the functions
# Graph in the sandbox: directory roles, policies on the lifetime of keys, the tenant; and that an application is let into
# Exchange by its grants and by nothing else.
# shellcheck source=tests/support/sandbox_graph.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_graph.sh"

certificate short 20
certificate long 200
roles=roleManagement/directory/roleAssignments
recipient_admin=31392ffb-586c-42d1-9346-e59415a2cc4e

# role_body [JQ]: the body that gives $principal a directory role, changed
role_body() {
	jq -nc --arg principal "$principal" --arg role "$recipient_admin" \
		'{"@odata.type": "#microsoft.graph.unifiedRoleAssignment", principalId: $principal, roleDefinitionId: $role, directoryScopeId: "/"} | '"${1:-.}"
}

# exchange_says: the status of a cmdlet with a new token
exchange_says() {
	signs_in short https://outlook.office365.com/.default
	get one "/adminapi/beta/$tenant/InvokeCommand" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
		-d '{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":{"ResultSize":1}}}'
}

exchange_takes_two_grants() {
	new_app setup short
	new_principal
	equals 401 "$(exchange_says)"
	give "$exchange" Exchange.ManageAsApp
	equals 403 "$(exchange_says)"
	answers 201 POST "$roles" "$(role_body)"
	equals 200 "$(exchange_says)"
	answers 200 GET "$roles?\$filter=principalId%20eq%20'$principal'"
	equals "1 $recipient_admin /" "$(field '"\(.value | length) \(.value[0].roleDefinitionId) \(.value[0].directoryScopeId)"')"
	answers 204 DELETE "$roles/$(field '.value[0].id')"
	equals 403 "$(exchange_says)"
}
the_second_version_of_the_role_is_not_the_first() {
	new_app v2 short
	new_principal
	give "$exchange" Exchange.ManageAsAppV2
	answers 201 POST "$roles" "$(role_body)"
	equals 403 "$(exchange_says)"
}
a_grant_may_reach_tokens_late() {
	new_app lategrant short
	new_principal
	fault add graph-late-grant=1
	give "$exchange" Exchange.ManageAsApp
	answers 201 POST "$roles" "$(role_body)"
	fault clear
	equals 401 "$(exchange_says)"
	equals 200 "$(exchange_says)"
}
definitions_are_listed_and_read() {
	answers 200 GET 'roleManagement/directory/roleDefinitions?$filter=displayName%20eq%20%27Exchange%20Recipient%20Administrator%27'
	equals "$recipient_admin true" "$(field '.value[0] | "\(.templateId) \(.isBuiltIn)"')"
	answers 200 GET "roleManagement/directory/roleDefinitions/$recipient_admin"
	refuses 404 Request_ResourceNotFound GET "roleManagement/directory/roleDefinitions/$tenant"
}
an_assignment_that_is_wrong_is_refused() {
	new_app wrongrole
	principal=$object
	refuses 404 Request_ResourceNotFound POST "$roles" "$(role_body)"
	new_principal
	for change in '.directoryScopeId = "/x"' 'del(.directoryScopeId)' 'del(.principalId)' '.roleDefinitionId = "x"'; do
		refuses 400 Request_BadRequest POST "$roles" "$(role_body "$change")"
	done
	refuses 404 Request_ResourceNotFound POST "$roles" "$(role_body '.roleDefinitionId = .principalId')"
	answers 201 POST "$roles" "$(role_body)"
	equals "$principal" "$(field .principalId)"
	answers 200 GET "$roles/$(field .id)"
	refuses 400 Request_BadRequest POST "$roles" "$(role_body)"
	contains 'conflicting object' "$work/body"
	refuses 404 Request_ResourceNotFound DELETE "$roles/nonsense"
}
a_fresh_principal_may_not_be_found_for_a_role() {
	new_app freshrole
	fault add graph-late=1 --count 1
	new_principal
	fault clear
	refuses 404 Request_ResourceNotFound POST "$roles" "$(role_body)"
	answers 201 POST "$roles" "$(role_body)"
}
roles_are_given_by_two_roles_of_people_alone() {
	new_app whogives
	new_principal
	as "$(sandbox admin-token --dir "$work/one" --user appadmin)"
	refuses 403 Authorization_RequestDenied POST "$roles" "$(role_body)"
	as "$(sandbox admin-token --dir "$work/one" --scopes 'Application.ReadWrite.All')"
	refuses 403 Authorization_RequestDenied GET "$roles"
	as "$(sandbox admin-token --dir "$work/one" --user roleadmin)"
	refuses 403 Authorization_RequestDenied POST applications '{"displayName":"x"}'
	answers 201 POST "$roles" "$(role_body)"
}
people_keep_their_roles() {
	answers 200 GET me
	principal=$(field .id)
	answers 200 GET "$roles?\$filter=principalId%20eq%20'$principal'"
	refuses 403 Authorization_RequestDenied DELETE "$roles/$(field '.value[0].id')"
	refuses 404 Request_ResourceNotFound POST "$roles" "$(role_body)"
}

# lifetime ISABLED MAX [MORE]: the tenant's policy
lifetime() {
	answers 204 PATCH policies/defaultAppManagementPolicy "{\"isEnabled\":$1,\"applicationRestrictions\":{\"passwordCredentials\":[],
		\"keyCredentials\":[{\"restrictionType\":\"asymmetricKeyLifetime\",\"maxLifetime\":\"$2\",\"state\":\"enabled\"${3:-}}]}}"
}

the_tenants_policy_limits_the_days_of_keys() {
	answers 200 GET policies/defaultAppManagementPolicy
	equals false "$(field .isEnabled)"
	new_app policed
	lifetime true P90D
	refuses 400 CredentialInvalidLifetimeAsPerAppPolicy PATCH "applications/$object" "{\"keyCredentials\":[$(key long)]}"
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key short)]}"
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key long | jq -c --arg until "$(date -u -d '+80 days' +%FT%TZ)" '.endDateTime = $until')]}"
	lifetime true P90D ',"restrictForAppsCreatedAfterDateTime":"2099-01-01T00:00:00Z"'
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key long)]}"
	lifetime false P90D
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key long)]}"
}
an_applications_own_policy_stands_instead() {
	local policy
	new_app ownpolicy
	lifetime true P300D
	answers 201 POST policies/appManagementPolicies '{"displayName":"strict","isEnabled":true,"restrictions":{"keyCredentials":[{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"P1M"}]}}'
	policy=$(field .id)
	answers 204 POST "applications/$object/appManagementPolicies/\$ref" "{\"@odata.id\":\"$origin/v1.0/policies/appManagementPolicies/$policy\"}"
	answers 200 GET "applications/$object/appManagementPolicies"
	equals "strict" "$(field '.value[0].displayName')"
	refuses 400 CredentialInvalidLifetimeAsPerAppPolicy PATCH "applications/$object" "{\"keyCredentials\":[$(key long)]}"
	answers 204 PATCH "policies/appManagementPolicies/$policy" '{"isEnabled":false}'
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key long)]}"
	answers 204 DELETE "applications/$object/appManagementPolicies/$policy/\$ref"
	answers 204 DELETE "policies/appManagementPolicies/$policy"
	refuses 404 Request_ResourceNotFound GET "policies/appManagementPolicies/$policy"
	lifetime false P300D
}
a_policy_that_cannot_be_read_is_refused() {
	refuses 400 Request_BadRequest PATCH policies/defaultAppManagementPolicy '{"applicationRestrictions":{"keyCredentials":[{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"soon"}]}}'
	refuses 400 Request_BadRequest PATCH policies/defaultAppManagementPolicy '{"nonsense":1}'
	refuses 400 Request_BadRequest PATCH policies/defaultAppManagementPolicy '{"isEnabled":"yes"}'
	as "$(sandbox admin-token --dir "$work/one" --user reader)"
	answers 200 GET policies/defaultAppManagementPolicy
	refuses 403 Authorization_RequestDenied PATCH policies/defaultAppManagementPolicy '{"isEnabled":true}'
}
policies_roles_and_grants_survive_the_end_of_the_sandbox() {
	new_app survivor short
	new_principal
	lifetime true P30D
	fault add graph-die --count 1
	equals 000 "$(graph POST "$roles" "$(role_body)")"
	up one
	answers 200 GET "$roles?\$filter=principalId%20eq%20'$principal'"
	equals 1 "$(field '.value | length')"
	answers 200 GET policies/defaultAppManagementPolicy
	equals P30D "$(field '.applicationRestrictions.keyCredentials[0].maxLifetime')"
	lifetime false P30D
}

the_tenant_and_the_caller_say_who_they_are() {
	answers 200 GET organization
	equals "$tenant $(conf one organization)" "$(field '.value[0] | "\(.id) \(.verifiedDomains[0].name)"')"
	answers 200 GET me
	equals "admin@$(conf one organization)" "$(field .userPrincipalName)"
	new_app itself short
	new_principal
	signs_in short
	as "$token"
	refuses 403 Authorization_RequestDenied GET organization
	refuses 400 Request_BadRequest GET me
}
delegated_grants_are_kept() {
	new_app delegated
	new_principal
	role_id "$exchange" Exchange.ManageAsApp
	answers 201 POST oauth2PermissionGrants "{\"clientId\":\"$principal\",\"resourceId\":\"$resource\",\"consentType\":\"AllPrincipals\",\"scope\":\"Exchange.Manage\"}"
	answers 200 GET "oauth2PermissionGrants?\$filter=clientId%20eq%20'$principal'"
	answers 204 DELETE "oauth2PermissionGrants/$(field '.value[0].id')"
	refuses 404 Request_ResourceNotFound DELETE "oauth2PermissionGrants/$principal"
	refuses 400 Request_BadRequest POST oauth2PermissionGrants '{}'
	refuses 404 Request_ResourceNotFound POST oauth2PermissionGrants "{\"clientId\":\"$object\",\"resourceId\":\"$resource\",\"consentType\":\"AllPrincipals\",\"scope\":\"x\"}"
}
it_goes_down_in_silence() { ends_in_silence one; }

run_tests exchange_takes_two_grants the_second_version_of_the_role_is_not_the_first a_grant_may_reach_tokens_late \
	definitions_are_listed_and_read an_assignment_that_is_wrong_is_refused a_fresh_principal_may_not_be_found_for_a_role \
	roles_are_given_by_two_roles_of_people_alone people_keep_their_roles the_tenants_policy_limits_the_days_of_keys \
	an_applications_own_policy_stands_instead a_policy_that_cannot_be_read_is_refused \
	policies_roles_and_grants_survive_the_end_of_the_sandbox the_tenant_and_the_caller_say_who_they_are delegated_grants_are_kept \
	it_goes_down_in_silence
