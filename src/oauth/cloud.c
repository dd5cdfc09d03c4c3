/*
 * The clouds and their hosts, as a table.
 *
 * References disagree about a few names; where two are in use, both are hosts and the newer one is the origin: a scope and
 * the host it is spoken to must be of the same family. The DoD's compliance host and every scope outside the public
 * cloud are inferred from the hosts, and the profile's endpoint overrides are the remedy when an inference is wrong.
 */
#include "oauth/cloud.h"

static const cloud clouds[] = {
	{
		.name = "public",
		.origins = {"https://login.microsoftonline.com", "https://graph.microsoft.com",
                    "https://outlook.office365.com",
                    "https://ps.compliance.protection.outlook.com", ""},
		.scopes = {"", "https://graph.microsoft.com/.default",
                   "https://outlook.office365.com/.default",
                   "https://ps.compliance.protection.outlook.com/.default",
                   "https://vault.azure.net/.default"},
		.hosts = {"login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com",
                  "*.outlook.office365.com", "ps.compliance.protection.outlook.com",
                  "*.ps.compliance.protection.outlook.com", "*.vault.azure.net"},
	},
	{
		.name = "usgov",
		.origins = {"https://login.microsoftonline.us", "https://graph.microsoft.us",
                    "https://outlook.office365.us",
                    "https://ps.compliance.protection.office365.us", ""},
		.scopes = {"", "https://graph.microsoft.us/.default", "https://outlook.office365.us/.default",
                   "https://ps.compliance.protection.office365.us/.default",
                   "https://vault.usgovcloudapi.net/.default"},
		.hosts = {"login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us",
                  "*.outlook.office365.us", "ps.compliance.protection.office365.us",
                  "*.ps.compliance.protection.office365.us", "*.vault.usgovcloudapi.net"},
	},
	{
		.name = "usgovdod",
		.origins = {"https://login.microsoftonline.us", "https://dod-graph.microsoft.us",
                    "https://outlook-dod.office365.us",
                    "https://l5.ps.compliance.protection.office365.us", ""},
		.scopes = {"", "https://dod-graph.microsoft.us/.default",
                   "https://outlook-dod.office365.us/.default",
                   "https://l5.ps.compliance.protection.office365.us/.default",
                   "https://vault.usgovcloudapi.net/.default"},
		.hosts = {"login.microsoftonline.us", "dod-graph.microsoft.us", "outlook-dod.office365.us",
                  "webmail.apps.mil", "l5.ps.compliance.protection.office365.us",
                  "*.l5.ps.compliance.protection.office365.us", "compliance.dod.microsoft.com",
                  "*.vault.usgovcloudapi.net"},
	},
	{
		.name = "china",
		.origins = {"https://login.partner.microsoftonline.cn",
                    "https://microsoftgraph.chinacloudapi.cn", "https://partner.outlook.cn",
                    "https://ps.compliance.protection.partner.outlook.cn", ""},
		.scopes = {"", "https://microsoftgraph.chinacloudapi.cn/.default",
                   "https://partner.outlook.cn/.default",
                   "https://ps.compliance.protection.partner.outlook.cn/.default",
                   "https://vault.azure.cn/.default"},
		.hosts = {"login.partner.microsoftonline.cn", "login.chinacloudapi.cn",
                  "microsoftgraph.chinacloudapi.cn", "partner.outlook.cn", "*.partner.outlook.cn",
                  "outlook.office365.cn", "ps.compliance.protection.partner.outlook.cn",
                  "*.ps.compliance.protection.partner.outlook.cn", "*.vault.azure.cn"},
	},
	{
		/* plays the public cloud on this machine: names of its resources, no hosts of its own */
		.name = "sandbox",
		.origins = {"", "", "", "", ""},
		.scopes = {"", "https://graph.microsoft.com/.default",
                   "https://outlook.office365.com/.default",
                   "https://ps.compliance.protection.outlook.com/.default",
                   "https://vault.azure.net/.default"},
		.hosts = {NULL},
	},
};

enum { CLOUDS = sizeof clouds / sizeof clouds[0] };

const cloud *
cloud_find(const char *name)
{
	for (size_t i = 0; i < CLOUDS; i++)
		if (strcmp(clouds[i].name, name) == 0)
			return &clouds[i];
	return NULL;
}

const char *const *
cloud_names(void)
{
	static const char *const names[CLOUDS + 1] = {"public", "usgov", "usgovdod", "china",
	                                              "sandbox", NULL};

	return names;
}

const char *
cloud_endpoint_name(cloud_endpoint endpoint)
{
	static const char *const names[CLOUD_ENDPOINTS] = {"login", "graph", "exchange", "compliance",
	                                                   "vault"};

	return names[endpoint];
}
