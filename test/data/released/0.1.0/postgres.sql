create table if not exists "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
create table "roblox_user" ("roblox_id" text not null primary key, "name" text not null, "name_lower" text not null, "asked_at" bigint not null);
create index "roblox_user_by_name" on "roblox_user" ("name_lower");
create index "roblox_user_by_time" on "roblox_user" ("asked_at", "roblox_id");
create table "membership" ("community" text not null, "roblox_id" text not null, "rank" integer not null, "role_name" text not null, "asked_at" bigint not null, constraint "membership_key" primary key ("community", "roblox_id"));
create index "membership_by_time" on "membership" ("community", "asked_at", "roblox_id");
create table "player" ("community" text not null, "object_id" text not null, "roblox_id" text not null, "points" bigint not null, "created_at" bigint not null, constraint "player_key" primary key ("community", "object_id"), constraint "player_by_roblox_id" unique ("community", "roblox_id"));
create table "discord_link" ("community" text not null, "discord_id" text not null, "source" text not null, "roblox_id" text, "asked_at" bigint not null, constraint "discord_link_key" primary key ("community", "discord_id", "source"));
create index "discord_link_by_player" on "discord_link" ("community", "roblox_id");
create index "discord_link_by_time" on "discord_link" ("community", "asked_at", "discord_id", "source") where "source" <> 'table';
create table "certification" ("community" text not null, "roblox_id" text not null, "code" text not null, "granted_by" text not null, "granted_at" bigint not null, constraint "certification_key" primary key ("community", "roblox_id", "code"));
create table "ban" ("community" text not null, "id" text not null, "roblox_id" text not null, "reason" text not null, "moderator" text not null, "banned_at" bigint not null, "ends_at" bigint, "is_open" integer not null, "lifted_at" bigint, "lifted_by" text, "lift_reason" text, constraint "ban_key" primary key ("community", "id"));
create unique index "ban_open" on "ban" ("community", "roblox_id") where "is_open" = 1;
create index "ban_by_lift" on "ban" ("community", "lifted_at");
create index "ban_by_end" on "ban" ("community", "ends_at");
create index "ban_by_kind_of_id" on "ban" ("community", substr(roblox_id, 1, 7));
create table "shift" ("community" text not null, "id" text not null, "roblox_id" text not null, "place" text not null, "server" text not null, "seconds" integer not null, "training" integer not null, "points" bigint not null, "received_at" bigint not null, "key_id" text not null, "request_id" text not null, constraint "shift_key" primary key ("community", "id"));
create index "shift_by_player" on "shift" ("community", "roblox_id", "received_at");
create index "shift_by_time" on "shift" ("community", "received_at", "id");
create table "recent_shift" ("community" text not null, "identity" text not null, "received_at" bigint not null, constraint "recent_shift_key" primary key ("community", "identity"));
create index "recent_shift_by_time" on "recent_shift" ("received_at");
create table "point_entry" ("community" text not null, "id" text not null, "roblox_id" text not null, "amount" bigint not null, "reason" text not null, "shift_id" text, "reverses" text, "created_at" bigint not null, constraint "point_entry_key" primary key ("community", "id"));
create index "point_entry_by_player" on "point_entry" ("community", "roblox_id", "created_at", "id");
create index "point_entry_without_shift" on "point_entry" ("community", "created_at", "id") where "shift_id" is null and "reason" <> 'carried over' and "reason" <> 'import';
create unique index "point_entry_of_shift" on "point_entry" ("community", "shift_id");
create unique index "point_entry_reversed" on "point_entry" ("community", "reverses");
create table "application" ("community" text not null, "id" text not null, "roblox_id" text not null, "q1" text not null, "q2" text not null, "q3" text not null, "q4" text not null, "url" text not null, "state" text not null, "submitted_at" bigint not null, "decided_at" bigint, "decided_by" text, constraint "application_key" primary key ("community", "id"));
create unique index "application_open" on "application" ("community", "roblox_id") where "state" = 'open';
create index "application_by_player" on "application" ("community", "roblox_id", "decided_at");
create index "application_by_time" on "application" ("community", "submitted_at");
create table "approval" ("community" text not null, "roblox_id" text not null, "holder" text not null, "held_until" bigint not null, "assigning_at" bigint, constraint "approval_key" primary key ("community", "roblox_id"));
create table "paste" ("id" text not null primary key, "community" text not null, "roblox_id" text not null, "text" text not null, "created_at" bigint not null, "ends_at" bigint not null);
create index "paste_by_time" on "paste" ("community", "created_at");
create index "paste_by_end" on "paste" ("ends_at");
create index "paste_by_player" on "paste" ("community", "roblox_id");
create table "pseudonym_salt" ("community" text not null primary key, "salt" text not null);
create table "audit_head" ("community" text not null primary key, "sequence" bigint not null, "hash" text not null);
create table "audit_entry" ("community" text not null, "id" text not null, "sequence" bigint not null, "act" text not null, "roblox_id" text, "moderator" text, "key_id" text not null, "request_id" text not null, "before" text, "after" text, "created_at" bigint not null, "salt" text, "digest" text not null, "hash" text not null, constraint "audit_entry_key" primary key ("community", "id"));
create unique index "audit_entry_by_sequence" on "audit_entry" ("community", "sequence");
create index "audit_entry_by_player" on "audit_entry" ("community", "roblox_id", "sequence");
create index "audit_entry_by_moderator" on "audit_entry" ("community", "moderator", "sequence");
create index "audit_entry_by_time" on "audit_entry" ("community", "created_at", "sequence");
create index "audit_entry_of_players" on "audit_entry" ("community", "created_at") where "roblox_id" is not null;
create table "erasure" ("community" text not null, "id" text not null, "source" text not null, "notification_id" text, "subject" text not null, "asked_at" bigint not null, "done_at" bigint, "removed" text, constraint "erasure_key" primary key ("community", "id"));
create unique index "erasure_by_notification" on "erasure" ("community", "notification_id");
create table "api_key" ("id" text not null primary key, "community" text not null, "kind" text not null, "name" text not null, "hash" text not null unique, "start" text not null, "scopes" text not null, "limit_count" integer, "limit_ms" bigint, "created_at" bigint not null, "expires_at" bigint, "revoked_at" bigint, "last_used_at" bigint, "place" text, "server" text, "asked_by" text, "replaced_by" text);
create index "api_key_by_end" on "api_key" ("expires_at");
create index "api_key_by_asker" on "api_key" ("asked_by", "server", "expires_at");
create table "idempotency" ("community" text not null, "key_id" text not null, "route" text not null, "idempotency_key" text not null, "roblox_id" text, "request_hash" text not null, "status" integer not null, "body" text not null, "created_at" bigint not null, constraint "idempotency_key" primary key ("community", "key_id", "route", "idempotency_key"));
create index "idempotency_by_time" on "idempotency" ("created_at");
create table "limit_use" ("name" text not null, "starts_at" bigint not null, "instance" text not null, "count" bigint not null, constraint "limit_use_key" primary key ("name", "starts_at", "instance"));
create index "limit_use_by_time" on "limit_use" ("starts_at");
create table "job" ("community" text not null, "id" text not null, "task" text not null, "payload" text not null, "run_at" bigint not null, "attempts" integer not null, "last_error" text, "locked_by" text, "locked_at" bigint, "given_up_at" bigint, "created_at" bigint not null, constraint "job_key" primary key ("community", "id"));
create index "job_by_time" on "job" ("given_up_at", "run_at");
create index "job_by_lock" on "job" ("locked_by", "locked_at") where "locked_by" is not null;
insert into "api_key" ("id","community","kind","name","hash","start","scopes","limit_count","limit_ms","created_at","expires_at","revoked_at","last_used_at","place","server","asked_by","replaced_by") values
('6b0820510da52c7d1f56dfee', 'wed', 'game', 'games', '3dd88951d8e304615ae2c612355961e1c3b1192ac6ff69086799277b4f95cc91', 'mb_game_f3lZ', 'connect,log,profile,application:upload', 600, 60000, 1795694673425, null, null, 1795694680230, null, null, null, null),
('6b082051ec8098e7cfda0a6b', 'wed', 'bot', 'bot', '2c0dc181822bfcd357e0c79d75e5138546c0b3c18f59cadef34851396e207fc7', 'mb_bot_bYau', 'profile,certification,ban,application,status', null, null, 1795694673768, 1803470673767, null, 1795694680246, null, null, null, null),
('6b08205209c24faa1f00dd57', 'wed', 'status', 'leaked', '7d58ad0b5831b51648a8648bedf7eacbc69405e057b4c2c07a8909a670bd87aa', 'mb_status_bBur', 'status', null, null, 1795694674117, null, 1795694675495, null, null, null, null, null),
('6b082052a55085809f390e4f', 'tropics', 'bot', '', 'fe84dfb3574c1cd74b389b2a05b6e80eb778ea96ab6f733e57d97aafe140c10b', 'mb_bot_hYRB', 'profile,certification,ban,application,status', null, null, 1795694674825, null, null, 1795694680266, null, null, null, null),
('6b082052a8b3401813c39d87', 'tropics', 'game', '', '369dca260190bf30a8ab9795d57c97a8c6aca572a620deeec593d6738c90b310', 'mb_game_b4cg', 'connect,log,profile,application:upload', null, null, 1795694674477, null, null, 1795694680254, null, null, null, null),
('6b082054845c48642f550aa3', 'tropics', 'game', '', '4c1dc9994b895355248a60b200b82435b0b3182c61329f47aca34be1b9dc6dd2', 'mb_game_f660', 'connect,log,profile,application:upload', null, null, 1795694676454, 1795737876453, null, 1795694680256, '4895128840', 'job-1', '6b082052a8b3401813c39d87', null);
insert into "application" ("community","id","roblox_id","q1","q2","q3","q4","url","state","submitted_at","decided_at","decided_by") values
('wed', '6b082054077fb60a307ad965', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/Il3OHPdOvtZl1AiQkAHryz9j', 'open', 1795694676366, null, null),
('wed', '6b0820541042febfd7ca5b98', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/_4nMvAiOlEEbt8ppAaRIdN4j', 'replaced', 1795694676359, null, null),
('wed', '6b082054e4addd92be624aab', '1006', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/UTpDFoHwtkxTZnSNwuVfa1c3', 'approved', 1795694676387, 1795694676421, '301715666401230851');
insert into "audit_entry" ("community","id","sequence","act","roblox_id","moderator","key_id","request_id","before","after","created_at","salt","digest","hash") values
('tropics', '6b0820521b351e0ee380df85', 1, 'key.create', null, null, 'command line (root)', '2c97bfbc-8f5e-44c7-b364-9048bdde9767', null, '{"key":"6b082052a8b3401813c39d87","kind":"game","name":"","scopes":["connect","log","profile","application:upload"]}', 1795694674479, '289ed12bac0131758b366cebdc5d64fa', 'a1dd7dc4843d284a7f0393df78de5aa4dba5f6fab03858ddb7aeee9947ec02a7', '706e355c2ee5c63f0985d244739ef3f5685fd94b77336b30d545ce147adadf95'),
('tropics', '6b082052dff003de9e1109c0', 2, 'key.create', null, null, 'command line (root)', '6f8cdd42-2766-435f-bf6d-05ad62499db3', null, '{"key":"6b082052a55085809f390e4f","kind":"bot","name":"","scopes":["profile","certification","ban","application","status"]}', 1795694674826, 'dfdd1c2580c8c7b1ec9017857fc05772', 'f30787181625e0eaffef575ac593b3e3fceaa00f2e5715e0cae3fba35d57e111', '3d43717c3e45eb61dcaeb1a721c5a129664c4c824b4a5d171ff997f3c98f60b6'),
('tropics', '6b0820542a7bfa69ef80d5d2', 3, 'ban.add', '100001', '301715666401230851', '6b082052a55085809f390e4f', '80e55e05-5226-4346-b764-f7a20d35f5be', null, '{"reason":"bad ''boy''"}', 1795694676462, '3eacf3e599b40d457eacac5ce35dc70a', '5e14624e040b8abf0a48459c12e7a58d92d628771de3865e79f62552c340dc93', '1e532d28cb0ad0ed9667e85878b754a6e68dee17fa416aa1450d27566e222d83'),
('wed', '6b0820511d98353ca0fbaa8b', 2, 'key.create', null, null, 'command line (root)', '1986e5e0-7862-419b-905b-20fa2c4e32fe', null, '{"key":"6b082051ec8098e7cfda0a6b","kind":"bot","name":"bot","scopes":["profile","certification","ban","application","status"],"expires":"2027-02-24T12:04:33.767Z"}', 1795694673769, 'f1a0ad7e158deef7d10c8359ad33e897', '29e4b4851dcd626e88d25e4772ca50e67c5a1072dfdc89a7c439612be6494c4d', '6dbcd92d0206c4f4fbf7ce1d3369385d3ccedd3530374e7f49370cb989182585'),
('wed', '6b0820516bfecd10dcdfd756', 1, 'key.create', null, null, 'command line (root)', 'bacb64ae-dd0d-4204-862a-5753d7f19930', null, '{"key":"6b0820510da52c7d1f56dfee","kind":"game","name":"games","scopes":["connect","log","profile","application:upload"],"limit":{"count":600,"perMs":60000}}', 1795694673427, '536c221a2b03858236d5ffd8980662b9', 'd36c0a3c5e2c4187be6fc20d831ca90e5b4b5ddbff5d4f49a07454347c68b127', '56173f9ee6fd46f9ec25ae1a7f0618925a7ddd27b590ee74623796b07b0d2759'),
('wed', '6b082052a2bb7e4643ce9615', 3, 'key.create', null, null, 'command line (root)', 'e90d9863-6edc-4b58-acb4-cfc7156153b1', null, '{"key":"6b08205209c24faa1f00dd57","kind":"status","name":"leaked","scopes":["status"]}', 1795694674119, '6c640b1afef54dec38a6e4ddb85c838d', 'd5b7510ffe9a70031296c7277acade53e53c25c03363db6c08fb6ba8ef64b81e', '4b90c5b530bfd0993b9e325d9bc149fa6e08721f054a9275c71e1cf563d1c165'),
('wed', '6b0820539898a7d0d6604d72', 4, 'key.revoke', null, null, 'command line (root)', 'cc4920cb-7d74-4191-9479-cf3a994f1d82', '{"key":"6b08205209c24faa1f00dd57","kind":"status","name":"leaked","scopes":["status"]}', '{"key":"6b08205209c24faa1f00dd57","revoked":true}', 1795694675497, '83639f66d8d74d23b400765a13bc9e90', '56dfa58b6f32e49fc06c4db3dcb1d1a2c0fad1217482f841fc7328fbc5ee1522', 'd23ba0c9ee1a854b071b89ce6790e90c814f2b00d4237809e107c74c9a3b1582'),
('wed', '6b082054015ff23f58764a04', 17, 'ban.add', null, '301715666401230851', '6b082051ec8098e7cfda0a6b', '11c88e1b-b787-4961-a9fb-f300293ecfe4', null, null, 1795694676444, null, 'edb2a6dbd705f5c7179f467f1562edd869f5340a93b7ac7399f964d2a94f9839', 'fc3dacc6d6d35bc439c1242ae6006b56949fdad3855aa6b9ec5eea7a2f400416'),
('wed', '6b0820541bae55a4bf584aca', 15, 'application.upload', '1006', null, '6b0820510da52c7d1f56dfee', '9d52172d-8aa2-4d4d-94c2-42c722eb13e0', null, '{"application":"6b082054e4addd92be624aab"}', 1795694676388, 'd60918509aeef2b27316ec2ffe3d8271', '9e407dfb00fa271d03e932705029dae80cfe0caf266a808b6727a1cd494572b1', '38e787b47c1adeb0cb318a95a59e32475e2b3333eeb358d46f20b92756379ade'),
('wed', '6b08205420f16ec5b1c003f1', 7, 'certification.revoke', '1002', '301715666401230851', '6b082051ec8098e7cfda0a6b', '145aeaee-e05e-4b3a-b644-fb3159d4bcbe', '{"certification":"char"}', null, 1795694676209, '59cf688ea4128046db9d89beb0036e2b', 'd524859e4a06da5192e8a1ac5bbbbf7438ab9bbc201fad6a956f4ba3d5a23026', 'f5862075395fc7a463948010eb150581554a015b6b5ad352ad0cdc0af1a274e7'),
('wed', '6b08205431603afb0ec8ea56', 9, 'ban.add', '100002', '301715666401230851', '6b082051ec8098e7cfda0a6b', '929ef3b8-5208-4d84-a193-b07e8f67c086', null, '{"reason":"bad ''boy''","ends":"2036-11-23T12:04:36.285Z"}', 1795694676287, '36d26f1c3282f0397ae70840f760ff74', '4d8cd086d49f5a0c313c8ef9d2c5930a83a877c7eaf0ca8e67a7372b46398e1f', 'f5409ef32b696f31938290aecccc2fe1b279aec57ad10530eaaea978697a1717'),
('wed', '6b08205437e8d2d37f1e3ece', 11, 'ban.add', '100004', '301715666401230851', '6b082051ec8098e7cfda0a6b', '8284775d-70e5-4a22-883a-205018ea752e', null, '{"reason":"bad ''boy''"}', 1795694676331, '334db4808212e6c246a887f43157e8b9', 'd175d077386e7b89faaaee44acc52f817a1f8e39d70afbae6d3f58a9d52e8a76', '80fac22cfdc55b163e93a3200b2abc3efeda0da294d222ec73b34fcab05dd166'),
('wed', '6b0820543d61cf7f7af8e22f', 5, 'certification.grant', '1002', '301715666401230851', '6b082051ec8098e7cfda0a6b', 'e55a72a3-6bdf-4a6e-bb30-25075cd9e958', null, '{"certification":"tot"}', 1795694676182, 'e1488fb598410ecdc130274355c2c472', 'd87eb8ee41b51329787c6b34d8b74a7ef9b43c3eaefaecefd37137a1448dcf61', '8f5e57d649a69cf8859394a9bae3e47969b9a7119806e4b4ab96a29728989912'),
('wed', '6b082054553fcc3a1c7dd7b9', 14, 'application.upload', '1005', null, '6b0820510da52c7d1f56dfee', 'e8bf5f78-8298-49c0-9f05-68b6b01702ee', '{"application":"6b0820541042febfd7ca5b98"}', '{"application":"6b082054077fb60a307ad965"}', 1795694676370, 'cd62d033c3fb8f3c86352e0b9a6a7ad2', '3e8b75d29cecd40649ca5fbf8699e3d35d1be43591d45d39b57d0c1c03e33009', 'f40887ba4ec04049a555bf299722ff6779b43fb0b299d2e4a41d0f4866e0a92f'),
('wed', '6b082054846232a34e614bb0', 13, 'application.upload', '1005', null, '6b0820510da52c7d1f56dfee', 'bcb496df-c5e4-47a0-8a22-85071767fce8', null, '{"application":"6b0820541042febfd7ca5b98"}', 1795694676360, 'd8350deef96f377ef493db4f2507507d', 'fc13790a83525daa94fe6468870a50ee42bac836f867d4264b654312523b11c5', '7d47d52610dbd0764a33d0e59a8da84872680bbc3eff284cd218e875e7aa6f3d'),
('wed', '6b0820549153a816777e7b45', 8, 'ban.add', '100001', '301715666401230851', '6b082051ec8098e7cfda0a6b', 'da22a403-654e-4e61-92c1-c43ad406e8f2', null, '{"reason":"bad ''boy''"}', 1795694676244, '7d1562d8e55e75a7296228ecd71bca18', '9c5f9b3f13e6a294dd97c514d72e458c3d73e8ecad8409822853602f833e5386', 'e2ae4b9dd227d9e5e73c4cc0a8bb907f086510b59cacf60370e0651dcfe1db6d'),
('wed', '6b082054b4237097c6b2e92e', 10, 'ban.add', '100003', '301715666401230851', '6b082051ec8098e7cfda0a6b', 'bce81d50-0801-41dc-9032-51f112af7f53', null, '{"reason":"bad ''boy''","ends":"2026-11-26T12:04:37.311Z"}', 1795694676311, '03f83e0c2f0eb2fd931dc23dbbfd9f84', 'cfee2f1197f8a059ac1500957488cae1dac162c8464d34795023f531159e89b3', '9b7c771641204e39bab36766446d86e4b085e934dc3b21d7b2735f8390087cd7'),
('wed', '6b082054b731ea8de88ff260', 6, 'certification.grant', '1002', '301715666401230851', '6b082051ec8098e7cfda0a6b', '21c7ab52-33fa-43cb-9276-c1a214a4df6d', null, '{"certification":"char"}', 1795694676200, 'b07a89b8dccbaff32b1ceb3255af83e4', 'f44321d20bb8ce02f3f5e629cd041864b0b015432b11866d27153ad71c32dadc', '2216743df37cd089d3b5c46fc39edbd61cb087e1e9b73f84515359f10ce725f4'),
('wed', '6b082054e1e9b4c95fa625c6', 16, 'application.approve', '1006', '301715666401230851', '6b082051ec8098e7cfda0a6b', '9f79123e-e465-4b7b-81b9-e1149e878747', '{"role":"Member","rank":1,"application":"6b082054e4addd92be624aab"}', '{"role":"University Student","rank":10}', 1795694676422, '4303ed0305bbfbc7bd7801600238a50f', '036a5724c15664b7737849fb3a7b896bdfcdc7771a375280afcb8c32e2cb4670', 'be57feae6de0c330420705f24c75c648ab017f6073011dd4e9ab0d9beaacfe48'),
('wed', '6b082054ecb062faf6d571a0', 12, 'ban.remove', '100004', '301715666401230851', '6b082051ec8098e7cfda0a6b', '193c7311-f565-45f9-9a33-edec68a307a6', '{"reason":"bad ''boy''","moderator":"301715666401230851"}', '{"reason":"good boy"}', 1795694676337, 'e4c9e35ca370b905f2e2f31c9d4755e6', 'e98e4ca6b6625bbead1361b32899b7ef1fbdbd096e299b43a6ca30b18cf2f7f6', 'cd82e17afab4972108835c7a40a34bade0eb90e74e6839e4e794a96ab35585e7'),
('wed', '6b0820554ae76243121ede55', 19, 'points.adjust', '1002', null, 'command line (root)', '2daad7c0-68dc-453c-9d92-3114c1628b9a', '{"points":105}', '{"points":605,"amount":500,"reason":"a mistake","entry":"6b082055eb9d5bd56eb1cc89"}', 1795694677474, '0511eb2a9e46f94cbd6899a3b478cd11', 'c7c2c463def4bdccc231a30b7dc3c831f156a0b3fedbe4ae9528009a7ec8fc5d', '0d5e7e4a1619aa7ded2353c186ca77398ef3c7c75e23fdca123477ea45bd0e26'),
('wed', '6b082055631288fca5a77fe2', 20, 'points.reverse', '1002', null, 'command line (root)', 'd1f80dad-1f64-4ce4-a307-170f53de2f3a', '{"points":605}', '{"points":105,"amount":-500,"reason":"reversal","reverses":"6b082055eb9d5bd56eb1cc89","entry":"6b082055dc085bcd0c49b8bb"}', 1795694677864, 'c0ae5b6ea883afb21a8c3a962f3a07ea', '9e32da2878385595594017e838c16691ba19f4b2600375bfafd9bcc9f49ae917', 'afea16f5d807f9d25c551d234dd5925ffb9ac54381355059857491eca1c892b1'),
('wed', '6b082055d1f401a888e0e44c', 18, 'points.adjust', '1002', null, 'command line (root)', 'db5f16c6-e839-4ba8-9377-ba30d901291f', '{"points":75}', '{"points":105,"amount":30,"reason":"a night''s work, unlogged","entry":"6b082055d1c3533078a0da31"}', 1795694677033, '150fef7dfa2d1cd0eeae8ca166aa8af9', '185390b0e34ab50140677a9a83bdd0a30ad91e7f8e3c0881efb5094f0ec0cb45', 'a21561042a2e609186a018f7012b28eff2443d142b9a1631e1cf07ffc4cf7212'),
('wed', '6b08205644cf04dbb47350c4', 21, 'link.add', '1002', null, 'command line (root)', '26f47c10-20d6-40fe-b3ef-ca7c6b047da7', null, '{"discord":"400000000000000001"}', 1795694678261, '1354b4defd826913af6ba2b9c5153893', 'd2713733be20efb39a99650fe23a97ad37a8b4b8527ea96ae3f02b9261a8bd97', 'c36d09de7a02cc3403aee58189f2d7d0708414c3d6094ef806b63171076194fe'),
('wed', '6b08205646fba24d970ef5fa', 22, 'player.erase', null, null, 'command line (root)', '6f8d027e-47a2-40de-9615-a318282eda21', null, '{"receipt":"6b0820567a1957678fbd8a60","blanked":[[17,17]]}', 1795694678660, 'f7a970de8035ba20c605c95f8721343e', 'df3919255621b952652b4bb315fe28b5e308513abd0953b50d0a574106aee215', '6a6193f23c6f5da9f5d2cff7a34302e9d2006d13a91eac42680f175ffbe6a9f9');
insert into "audit_head" ("community","sequence","hash") values
('tropics', 3, '1e532d28cb0ad0ed9667e85878b754a6e68dee17fa416aa1450d27566e222d83'),
('wed', 22, '6a6193f23c6f5da9f5d2cff7a34302e9d2006d13a91eac42680f175ffbe6a9f9');
insert into "ban" ("community","id","roblox_id","reason","moderator","banned_at","ends_at","is_open","lifted_at","lifted_by","lift_reason") values
('tropics', '6b08205427108ae70c125101', '100001', 'bad ''boy''', '301715666401230851', 1795694676460, null, 1, null, null, null),
('wed', '6b08205418fedeb86e362828', '100004', 'bad ''boy''', '301715666401230851', 1795694676330, null, 0, 1795694676336, '301715666401230851', 'good boy'),
('wed', '6b0820548021600c01874c7b', 'erased:517c48446d0627136feddf4a944096873b526e28c6975d38a9ea3881cdb544fe', 'banned before the data was erased', '301715666401230851', 1795694676443, null, 1, null, null, null),
('wed', '6b082054b7a56666875bc08c', '100002', 'bad ''boy''', '301715666401230851', 1795694676285, 2111054676285, 1, null, null, null),
('wed', '6b082054bb6fc329079d5ac0', '100003', 'bad ''boy''', '301715666401230851', 1795694676311, 1795694677311, 1, null, null, null),
('wed', '6b082054fc3b42ffaf387c8a', '100001', 'bad ''boy''', '301715666401230851', 1795694676238, null, 1, null, null, null);
insert into "certification" ("community","roblox_id","code","granted_by","granted_at") values
('wed', '1002', 'tot', '301715666401230851', 1795694676182);
insert into "discord_link" ("community","discord_id","source","roblox_id","asked_at") values
('wed', '400000000000000001', 'table', '1002', 1795694678259);
insert into "erasure" ("community","id","source","notification_id","subject","asked_at","done_at","removed") values
('wed', '6b0820567a1957678fbd8a60', 'command', null, 'erased:517c48446d0627136feddf4a944096873b526e28c6975d38a9ea3881cdb544fe', 1795694678653, 1795694678654, '{"ban_kept":1,"membership":0,"discord_link":0,"certification":0,"ban":0,"shift":1,"point_entry":1,"application":0,"approval":0,"paste":0,"audit_entry":1,"player":1,"roblox_user":1,"job":1,"idempotency":0}');
insert into "idempotency" ("community","key_id","route","idempotency_key","roblox_id","request_hash","status","body","created_at") values
('wed', '6b0820510da52c7d1f56dfee', '/log', 'shift-1', '1002', '1a0df831398c2b800ce3d749574cab46e376fb84db9f66c857945019376f5edf', 200, '{"status":"success"}', 1795694676157);
insert into "job" ("community","id","task","payload","run_at","attempts","last_error","locked_by","locked_at","given_up_at","created_at") values
('wed', '6b082054003e2f97ad9dc0d5', 'audit.post', '{"act":"ban.add","user":{"id":"100002","name":"Visitor100002"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2036-11-23T12:04:36.285Z"},"at":1795694676288,"entry":{"sequence":9,"hash":"f5409ef32b696f31938290aecccc2fe1b279aec57ad10530eaaea978697a1717"}}', 1795694683051, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676288),
('wed', '6b0820540bbb5c8c1cbe753c', 'audit.post', '{"act":"ban.add","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795694676332,"entry":{"sequence":11,"hash":"80fac22cfdc55b163e93a3200b2abc3efeda0da294d222ec73b34fcab05dd166"}}', 1795694683049, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676332),
('wed', '6b0820543bae08e3d9a173fa', 'audit.post', '{"act":"ban.remove","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","before":{"reason":"bad ''boy''","moderator":"301715666401230851"},"after":{"reason":"good boy"},"at":1795694676338,"entry":{"sequence":12,"hash":"cd82e17afab4972108835c7a40a34bade0eb90e74e6839e4e794a96ab35585e7"}}', 1795694683048, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676338),
('wed', '6b08205443c598d4d6e13c28', 'audit.post', '{"act":"application.approve","user":{"id":"1006","name":"MemberOne"},"moderator":"301715666401230851","before":{"role":"Member","rank":1,"application":"6b082054e4addd92be624aab"},"after":{"role":"University Student","rank":10},"at":1795694676422,"entry":{"sequence":16,"hash":"be57feae6de0c330420705f24c75c648ab017f6073011dd4e9ab0d9beaacfe48"}}', 1795694683048, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676422),
('wed', '6b08205455847fcd187b0c66', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"tot"},"at":1795694676187,"entry":{"sequence":5,"hash":"8f5e57d649a69cf8859394a9bae3e47969b9a7119806e4b4ab96a29728989912"}}', 1795694686437, 2, 'discord: it answered 500', null, null, null, 1795694676187),
('wed', '6b0820545c5b3d2b7bc00d55', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"char"},"at":1795694676200,"entry":{"sequence":6,"hash":"2216743df37cd089d3b5c46fc39edbd61cb087e1e9b73f84515359f10ce725f4"}}', 1795694681046, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676200),
('wed', '6b082054964d10c563d0c7dc', 'audit.post', '{"act":"ban.add","user":{"id":"100003","name":"Visitor100003"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2026-11-26T12:04:37.311Z"},"at":1795694676313,"entry":{"sequence":10,"hash":"9b7c771641204e39bab36766446d86e4b085e934dc3b21d7b2735f8390087cd7"}}', 1795694683050, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676313),
('wed', '6b082054cdbc6aa87be8a3b7', 'audit.post', '{"act":"ban.add","user":{"id":"100001","name":"Visitor100001"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795694676246,"entry":{"sequence":8,"hash":"e2ae4b9dd227d9e5e73c4cc0a8bb907f086510b59cacf60370e0651dcfe1db6d"}}', 1795694681046, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676246),
('wed', '6b082054f2cc0361e3602b68', 'audit.post', '{"act":"certification.revoke","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","before":{"certification":"char"},"at":1795694676215,"entry":{"sequence":7,"hash":"f5862075395fc7a463948010eb150581554a015b6b5ad352ad0cdc0af1a274e7"}}', 1795694681046, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795694676215);
insert into "kysely_migration" ("name","timestamp") values
('0001-initial', '2026-11-26T12:04:41.129Z');
insert into "kysely_migration_lock" ("id","is_locked") values
('migration_lock', 0);
insert into "membership" ("community","roblox_id","rank","role_name","asked_at") values
('tropics', '100001', 1, 'Member', 1795694680256),
('tropics', '1002', 50, 'Cast Member', 1795694680267),
('wed', '100001', 1, 'Member', 1795694680191),
('wed', '100002', 1, 'Member', 1795694680198),
('wed', '100003', 1, 'Member', 1795694680204),
('wed', '100004', 1, 'Member', 1795694680209),
('wed', '100010', 1, 'Member', 1795694680215),
('wed', '1002', 50, 'Cast Member', 1795694676086),
('wed', '1006', 10, 'University Student', 1795694676421);
insert into "paste" ("id","community","roblox_id","text","created_at","ends_at") values
('Il3OHPdOvtZl1AiQkAHryz9j', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795694676367, 1798286676367),
('UTpDFoHwtkxTZnSNwuVfa1c3', 'wed', '1006', 'Application of MemberOne (1006)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795694676388, 1798286676388),
('_4nMvAiOlEEbt8ppAaRIdN4j', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795694676360, 1798286676360);
insert into "player" ("community","object_id","roblox_id","points","created_at") values
('tropics', '6b0820545459b09dd8574e33', '100001', 0, 1795694676460),
('wed', '6b08205411506ec598c1f0b9', '100001', 0, 1795694676238),
('wed', '6b082054382431f3e0e7f4e4', '100003', 0, 1795694676311),
('wed', '6b0820546bb42f3f27617efe', '1005', 0, 1795694676359),
('wed', '6b0820547e01821abbdf0d80', '1006', 0, 1795694676387),
('wed', '6b082054970b2f58a92f818d', '100002', 0, 1795694676285),
('wed', '6b082054c65a425246368647', '100004', 0, 1795694676330),
('wed', '6b082054d666fb3933fc2e4c', '1002', 105, 1795694676158);
insert into "point_entry" ("community","id","roblox_id","amount","reason","shift_id","reverses","created_at") values
('wed', '6b0820543a609602b65a7886', '1002', 15, 'shift', '6b0820548019e10fd04a1ebc', null, 1795694676172),
('wed', '6b082054498cd35f05f45067', '1002', 60, 'shift', '6b082054232166c9c70a0e13', null, 1795694676158),
('wed', '6b082055d1c3533078a0da31', '1002', 30, 'a night''s work, unlogged', null, null, 1795694677031),
('wed', '6b082055dc085bcd0c49b8bb', '1002', -500, 'reversal', null, '6b082055eb9d5bd56eb1cc89', 1795694677862),
('wed', '6b082055eb9d5bd56eb1cc89', '1002', 500, 'a mistake', null, null, 1795694677473);
insert into "pseudonym_salt" ("community","salt") values
('tropics', 'e0530ae16fcb3e2b89144f751e3528245432ba98ee2d9da95fe3b0aa52819e6e'),
('wed', 'd24758f7136ba1b5899979f31bc99e0eb6d50a6c8073e4b0884f7cc2de48ab39');
insert into "recent_shift" ("community","identity","received_at") values
('wed', '14ece6f26f778372bafebb18e64ea82ab329431320cc3ccb6cf3e477373190b2', 1795694676172),
('wed', '3990bc33aa01478f1904d5dcd85d6f9b36417693a3e6d1c99a3f753ceeff4d82', 1795694676158),
('wed', '52648efa6ef236822924005e638682dd493f735a903e95a9faaab74b59c25a6b', 1795694676435);
insert into "roblox_user" ("roblox_id","name","name_lower","asked_at") values
('100001', 'Visitor100001', 'visitor100001', 1795694676226),
('100002', 'Visitor100002', 'visitor100002', 1795694676264),
('100003', 'Visitor100003', 'visitor100003', 1795694676305),
('100004', 'Visitor100004', 'visitor100004', 1795694676325),
('100010', 'Visitor100010', 'visitor100010', 1795694680220),
('1002', 'CastOne', 'castone', 1795694676094),
('1005', 'PendingOne', 'pendingone', 1795694676351),
('1006', 'MemberOne', 'memberone', 1795694676382);
insert into "shift" ("community","id","roblox_id","place","server","seconds","training","points","received_at","key_id","request_id") values
('wed', '6b082054232166c9c70a0e13', '1002', '4895128840', 'job-1', 3600, 0, 60, 1795694676158, '6b0820510da52c7d1f56dfee', 'd8325085-4071-4b80-a9da-091b8c1ae32e'),
('wed', '6b0820548019e10fd04a1ebc', '1002', '4895128840', 'job-1', 900, 1, 15, 1795694676172, '6b0820510da52c7d1f56dfee', 'd7d9bf28-08d4-4104-b7d0-31f381c38ecb');
