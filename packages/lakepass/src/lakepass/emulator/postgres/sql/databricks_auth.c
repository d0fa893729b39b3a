/*
 * The provider of the security labels that tie roles to Databricks identities.
 *
 * Postgres stores labels by itself, but only those of a provider that the server has loaded.
 * Source: PostgreSQL docs, "SECURITY LABEL" and src/test/modules/dummy_seclabel.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "commands/seclabel.h"
#include "fmgr.h"

PG_MODULE_MAGIC;

void _PG_init(void);

static void
check_label(const ObjectAddress *object, const char *label)
{
	if (object->classId != AuthIdRelationId)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("databricks_auth labels roles only")));
}

void
_PG_init(void)
{
	register_label_provider("databricks_auth", check_label);
}
