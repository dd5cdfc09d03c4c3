/*
 * The script EXOModuleFile hands out. See exchange_script.h.
 */
#include "exchange_script.h"

#include <string.h>

#include "exchange_parameters.h"

/* How a parameter's type is written; more than one spelling where PowerShell has more. */
static const char *const type_spellings[] = {
	[PARAMETER_STRING] = "System.String",
	[PARAMETER_SWITCH] = "switch",
	[PARAMETER_BOOL] = "System.Nullable[bool]",
	[PARAMETER_INT] = "System.Int32",
	[PARAMETER_RESULT_SIZE] = "Object",
	[PARAMETER_STRINGS] = "string[]",
	[PARAMETER_DELTA] = "Object",
	[PARAMETER_ENUM] = "Object",
	[PARAMETER_ENUMS] = "Object[]",
	[PARAMETER_DATE] = "Object",
	[PARAMETER_SIZE] = "Object",
	[PARAMETER_TABLE] = "Object",
	[PARAMETER_TABLES] = "Object[]",
	[PARAMETER_BYTES] = "byte[]",
	[PARAMETER_BYTES_LIST] = "byte[][]",
	[PARAMETER_SECRET] = "System.Security.SecureString",
};

void
script_open(struct text *script, const char *key)
{
	text_puts(script,
	          "<#\n.SYNOPSIS\n    Functions of the sandbox tenant. An example that is none:\n"
	          "    function script:Get-NothingAtAll { param([string] ${Never}) }\n#>\n"
	          "Set-StrictMode -Version Latest # { ( [\n\n");
	if (key != NULL)
		text_addf(script, "$script:SandboxKeyForSecrets = '%s'\n\n", key);
	text_puts(script,
	          "$script:Notice = @\"\nfunction script:Get-NotThisOne {\n  param([switch] $Ever)\n"
	          "It's a text with a brace { and $(\"a \"\"string\"\" ) in it\") and no end\n\"@\n\n"
	          "$script:Other = @'\n\"@ function script:Get-NorThis { param( '\n'@\n\n"
	          "function script:Join-SandboxWords {\n    param([string[]] $Words, $Between = (', ' + '))'))\n"
	          "    # a quote that nobody closes: '\n"
	          "    return \"$($Words -join \"}\") `\" $Between\"\n}\n\n");
}

struct writing {
	struct text *script;
	size_t       n;
	bool         two_sets; /* the cmdlet's mandatory parameter has more than one set */
};

static void
add_attributes(struct writing *w, const struct parameter *parameter)
{
	bool must = (parameter->flags & PARAMETER_MUST) != 0;

	if (must && w->n == 0)
		text_puts(w->script,
		          "        [Parameter(ParameterSetName = 'Identity', Mandatory = $true, Position = 0,\n"
		          "                   ValueFromPipeline = ($true -and (1 -eq 1)), HelpMessage = \"Who? (a name)\")]\n");
	else if (must)
		text_puts(w->script, "        [Parameter(Mandatory, ValueFromPipelineByPropertyName=$true)]\n");
	else
		text_puts(w->script, "        [Parameter(Mandatory=$false)]\n");
	if (parameter->kind == PARAMETER_SECRET)
		text_puts(w->script, "        [ValidateNotNull()] # never empty )\n");
	if (strcmp(parameter->name, "ErrorAction") == 0)
		text_puts(w->script, "        [Alias('ea')]\n");
	if (strcmp(parameter->name, "Verbose") == 0)
		text_puts(w->script, "        [Alias(\"vb\")]\n");
}

static void
add_parameter(void *context, const struct parameter *parameter)
{
	struct writing *w = context;
	bool braced = w->n % 3 != 1;

	text_puts(w->script, w->n == 0 ? "\n" : ",\n\n");
	add_attributes(w, parameter);
	text_addf(w->script, "        [%s]\n        $%s%s%s", type_spellings[parameter->kind],
	          braced ? "{" : "", parameter->name, braced ? "}" : "");
	if (parameter->kind == PARAMETER_INT)
		text_puts(w->script, " = (@(1, 2, 3) | Measure-Object -Sum).Sum");
	w->n++;
}

void
script_add(struct text *script, const struct cmdlet *cmdlet, bool may_write)
{
	struct writing w = { .script = script };

	text_addf(script,
	          "function script:%s\n{\n    <#\n    .DESCRIPTION\n        %s { as the table has it }\n    #>\n"
	          "    [CmdletBinding(DefaultParameterSetName = 'Identity', SupportsShouldProcess = $%s)]\n"
	          "    param(",
	          cmdlet->name, cmdlet->name, (cmdlet->flags & CMDLET_WRITES) != 0 ? "true" : "false");
	parameters_each(cmdlet, may_write, add_parameter, &w);
	text_addf(script,
	          "\n    )\n    begin\n    {\n        $words = @{ Name = '%s'; 'It''s' = \"it }} $($PSBoundParameters.Count)\" }\n"
	          "        if ($words.Count -gt 1) { Write-Verbose (\"{0} ( \" -f $words.Name) }\n    }\n"
	          "    process { Send-SandboxCommand -Words $words -Parameters $PSBoundParameters }\n}\n\n",
	          cmdlet->name);
}

void
script_close(struct text *script)
{
	text_puts(script, "Export-ModuleMember -Function '*-*' # ' the end\n");
}
