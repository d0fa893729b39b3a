#!/usr/bin/env bash
# A branch for every pull request: a copy of production on which its migrations and tests run.
#
#     branch_per_pull_request.sh open NUMBER     when it is opened or gets new commits
#     branch_per_pull_request.sh close NUMBER    when it is merged or closed
#
# Needs the variables by which the workspace is signed in to, and LAKEBASE_ENDPOINT or PROJECT. What is
# run on the branch: MIGRATE and TEST, two commands.
set -euo pipefail
action=$1 branch="pr-$2"
in_project=(${PROJECT:+--project "$PROJECT"})

if [ "$action" = close ]; then
    exec lakepass branch delete "$branch" "${in_project[@]}" --if-exists
fi
# New commits begin with the data of production again, so migrations run from where production is.
lakepass branch delete "$branch" "${in_project[@]}" --if-exists
# It ends by itself if the closing is missed. The variables lead what follows to the branch.
variables=$(lakepass branch create "$branch" "${in_project[@]}" --ttl 7d)
eval "$variables"
$MIGRATE
$TEST
