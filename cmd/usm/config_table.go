package main

import (
	"github.com/usm-works/usm/mail"
	"github.com/usm-works/usm/signin"
)

// configuration is the whole configuration: environment variables, flags and `usm help config` are made from it.
var configuration = []setting{
	{"url", "", "Address of the gateway that the commands speak to. Default: that of `usm dev` in this folder or one above, " +
		"else http://127.0.0.1:8080.", true, webAddress},
	{"token", "", "Bearer token of whoever gives the command. Default: from tokens.json of `usm dev`; see --as.", false, nil},
	{"data", ".usm", "Folder in which `usm dev` keeps everything, and `usm replay` how far it has come.", true, nil},
	{"address", "127.0.0.1:8080", "Where the gateway listens.", true, listenAddress},
	{"public-url", "", "Address at which people and other systems reach the gateway; it stands in callbacks and links. " +
		"Default: http:// and the address.", true, webAddress},
	{
		"database-url", "", "Postgres, as postgres://user:password@host/database. `usm dev` starts its own unless this is set.",
		true, postgresAddress,
	},
	{"database-password-file", "", "File with the password of that user, so that it stands in no address.", true, secretFile},
	{
		"database-connections", "0", "Most connections to Postgres at a time of one part; 0 leaves it to the store.",
		true, readBy(parseConnections),
	},
	{"temporal-address", "", "Temporal's frontend; for gateway, worker and migrate 127.0.0.1:7233 when nothing is set. " +
		"`usm dev` starts its own unless this is set.", true, remoteAddress},
	{"temporal-namespace", "usm", "Temporal namespace of the product.", true, word},
	{
		"temporal-ui-url", "", "Address of Temporal's pages for links from a call; empty makes no links, except in `usm dev`.",
		true, webAddress,
	},
	{"dev-temporal-address", "127.0.0.1:7233", "Where the Temporal that `usm dev` starts listens.", true, listenAddress},
	{"dev-temporal-ui-address", "127.0.0.1:8233", "Where the pages of that Temporal listen.", true, listenAddress},
	{"dev-smtp-address", "127.0.0.1:1025", "Where the mail server that `usm dev` starts takes mail.", true, listenAddress},
	{"dev-mail-address", "127.0.0.1:8025", "Where the pages that show that mail listen.", true, listenAddress},
	{
		"dev-oidc-address", "127.0.0.1:8026", "Where the OpenID provider that `usm dev` starts listens; it asks for no passwords.",
		true, listenAddress,
	},
	{"smtp-address", "", "Mail server (host:port) that takes the mails to people; empty sends none, and they wait. " +
		"`usm dev` uses its own unless this is set.", true, remoteAddress},
	{"smtp-user", "", "Name under which the gateway signs in to the mail server; empty signs in nowhere.", true, nil},
	{"smtp-password-file", "", "File with the password of that name.", true, secretFile},
	{
		"smtp-tls", "starttls", "How the connection to the mail server is protected: starttls, implicit (port 465) or none.",
		true, oneOf(mail.TLSStart, mail.TLSImplicit, mail.TLSNone),
	},
	{"mail-from", "", "Sender of the mails, as USM <usm@example.org>; needed with a mail server.", true, sender},
	{
		"oidc-issuer", "", "Provider of OpenID Connect at which people sign in, as https://id.example.org; empty has no sign-in.",
		true, readBy(issuer),
	},
	{
		"oidc-client-id", "usm", "How the provider knows the gateway; it has to allow the address /sign-in/callback below the public one.",
		true, nil,
	},
	{
		"oidc-client-secret-file", "", "File with the secret of that client; empty is a public client, which PKCE alone protects.",
		true, secretFile,
	},
	{
		"oidc-person-claim", "email", "Claim of the ID token that is the id of a person; email finds the person by verified address.",
		true, nil,
	},
	{
		"oidc-admins", "", "Who of them is an administrator, by claim and value of the ID token, as groups=usm-administrators; empty is nobody.",
		true, readBy(signin.ParseHolding),
	},
	{"session-idle", "1h", "How long somebody stays signed in without doing anything.", true, readBy(parseLasting)},
	{"session-max", "12h", "How long somebody stays signed in at most.", true, readBy(parseLasting)},
	{"task-queue", "usm", "Temporal task queue of the workers.", true, word},
	{"probe-address", "", "Where a worker answers /healthz, /readyz and /metrics; empty is nowhere. " +
		"The gateway does at its own address.", true, listenAddress},
	{
		"domain-queues", "", "Task queues of domains that ask for their own and that this worker serves too, with commas between.",
		true, words,
	},
	{"deployment", "", "Worker Deployment of the workers, whose versions `usm upgrade` steers; empty has unversioned workers, which take " +
		"every call.", true, deploymentName},
	{
		"build-id", "", "Version of that deployment that a worker is; two that differ in what they do must not have the same. " +
			"Default: what `usm version` says.", true, buildID,
	},
	{"log-level", "info", "Least level that is logged: debug, info, warn or error.", true, readBy(parseLevel)},
	{"log-format", "", "json or text. Default: json, and text in `usm dev`.", true, oneOf("json", "text")},
	{"rate-limit", "200", "Requests a second that one token may make, on average.", true, readBy(parseRate)},
	{
		"outbound-allow", "", "Networks (CIDR, with commas between) that requests to other systems may reach although they are private.",
		true, readBy(parseNetworks),
	},
	{"pg-bin", "", "Folder of the Postgres programs that `usm dev` and the tests start.", false, postgresPrograms},
}
