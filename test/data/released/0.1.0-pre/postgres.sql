create table if not exists "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);
create table "roblox_user" ("roblox_id" text not null primary key, "name" text not null, "name_lower" text not null, "asked_at" bigint not null) ;
create index "roblox_user_by_name" on "roblox_user" ("name_lower");
create index "roblox_user_by_time" on "roblox_user" ("asked_at", "roblox_id");
create table "membership" ("community" text not null, "roblox_id" text not null, "rank" integer not null, "role_name" text not null, "asked_at" bigint not null, constraint "membership_key" primary key ("community", "roblox_id")) ;
create index "membership_by_time" on "membership" ("community", "asked_at", "roblox_id");
create table "player" ("community" text not null, "object_id" text not null, "roblox_id" text not null, "points" bigint not null, "created_at" bigint not null, constraint "player_key" primary key ("community", "object_id"), constraint "player_by_roblox_id" unique ("community", "roblox_id"));
create table "discord_link" ("community" text not null, "discord_id" text not null, "source" text not null, "roblox_id" text, "asked_at" bigint not null, constraint "discord_link_key" primary key ("community", "discord_id", "source"));
create index "discord_link_by_player" on "discord_link" ("community", "roblox_id");
create index "discord_link_by_time" on "discord_link" ("community", "asked_at", "discord_id", "source") where "source" <> 'table';
create table "certification" ("community" text not null, "roblox_id" text not null, "code" text not null, "granted_by" text not null, "granted_at" bigint not null, constraint "certification_key" primary key ("community", "roblox_id", "code")) ;
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
('6b084a2976b91c09efc4742c', 'wed', 'bot', 'bot', '2d93a64d655b8e7d22bd43a7e7553a8b299fbbd11a4229c7711171f0478171b7', 'mb_bot_i8Cj', 'profile,certification,ban,application,status', null, null, 1795705385513, 1803481385512, null, 1795705392013, null, null, null, null),
('6b084a297d8e9212552d2b6b', 'wed', 'status', 'leaked', '64d3cafc2589d74b362ca33190c341efecae5786625faee84b0e30ccc3ad32e4', 'mb_status_wyek', 'status', null, null, 1795705385912, null, 1795705387328, null, null, null, null, null),
('6b084a29f762c167687fba21', 'wed', 'game', 'games', '968507c46f3f8d2611b0fa9729877c90d55c5f7d7fff6ebf7c53036acf4d4390', 'mb_game_tcoB', 'connect,log,profile,application:upload', 600, 60000, 1795705385110, null, null, 1795705391999, null, null, null, null),
('6b084a2a538d9c7694e2b300', 'tropics', 'game', '', 'eebceb6a97a71993c419bb77384704ca2176798c5fba935377fa0aac57993021', 'mb_game_tcr3', 'connect,log,profile,application:upload', null, null, 1795705386346, null, null, 1795705392022, null, null, null, null),
('6b084a2a7ab4977a3202231b', 'tropics', 'bot', '', 'caa41c8bfca2594eb42e34e3d70611ffa9cdde5f9afbab494e61172c82215fe0', 'mb_bot_k2ix', 'profile,certification,ban,application,status', null, null, 1795705386729, null, null, 1795705392034, null, null, null, null),
('6b084a2c4d1b4fa1fab1e76b', 'tropics', 'game', '', 'cdf235489419bcc84394c406f8fc3c3f665167e3bde35adb7e549d357864eb58', 'mb_game_tAkB', 'connect,log,profile,application:upload', null, null, 1795705388334, 1795748588333, null, 1795705392024, '4895128840', 'job-1', '6b084a2a538d9c7694e2b300', null);
insert into "application" ("community","id","roblox_id","q1","q2","q3","q4","url","state","submitted_at","decided_at","decided_by") values
('wed', '6b084a2c2f085e3e8a2a577d', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/rU-kPTifWh2TctBH96Uksrpr', 'open', 1795705388282, null, null),
('wed', '6b084a2c5b087d2527772162', '1006', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/M-Wy8lfoNoUtZZ2DMd7RWdQn', 'approved', 1795705388295, 1795705388311, '301715666401230851'),
('wed', '6b084a2ccf54ae86bb59aca4', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/X99zYFRMM8lX6PPw5a4im9jy', 'replaced', 1795705388278, null, null);
insert into "audit_entry" ("community","id","sequence","act","roblox_id","moderator","key_id","request_id","before","after","created_at","salt","digest","hash") values
('tropics', '6b084a2a4b0c525bf3d4cdd6', 2, 'key.create', null, null, 'command line (root)', '79d078c3-69ff-45af-b1b7-fc7f93c2d13d', null, '{"key":"6b084a2a7ab4977a3202231b","kind":"bot","name":"","scopes":["profile","certification","ban","application","status"]}', 1795705386731, '52dc72b315bd2ea1d79cea9cd12b6a0b', '4c7dfe0af1773165ae1e90ff9bfdd736e8be48eb96ff7a82a0e935c03d66c280', 'b44eb7a7697761e61e4519cd2af90ab87a24d6c6b0465f79fcbb71068dc6364f'),
('tropics', '6b084a2a6f24ff1bb6ad1048', 1, 'key.create', null, null, 'command line (root)', '5762f4d7-28e5-40cc-a185-5653ef525997', null, '{"key":"6b084a2a538d9c7694e2b300","kind":"game","name":"","scopes":["connect","log","profile","application:upload"]}', 1795705386348, '0fff205657d997c253e7721cdcade6e8', 'aa14250e2378b9d84b3b213fee4f68ca59173d74cee7ca39b5671f2ac834f183', '52d925604e79dedfd0318b734abf438652bc5ee749d730ef1f946838f586afe3'),
('tropics', '6b084a2ceca33d95034a448f', 3, 'ban.add', '100001', '301715666401230851', '6b084a2a7ab4977a3202231b', '78c83ba9-1c0d-456d-ba54-dd69d17b4331', null, '{"reason":"bad ''boy''"}', 1795705388337, '6c0edd53e952bcaa151067ccbdea6ad4', '53e1c5484fa8d2f379154cb18d2e057900efdc94667b8e7d822b99e952124a95', '6f661a9f3a7cf3e938c539c0525b2fc527b141318ac7753280a918df22f68a31'),
('wed', '6b084a295bb5ea3ddb4635be', 2, 'key.create', null, null, 'command line (root)', 'cda8194d-906b-4dac-a9da-6009b46f3411', null, '{"key":"6b084a2976b91c09efc4742c","kind":"bot","name":"bot","scopes":["profile","certification","ban","application","status"],"expires":"2027-02-24T15:03:05.512Z"}', 1795705385515, '3218da4268afc98cf9b8c5f8814c06a7', '6a5d5549710fa1cf3245fe7924fcf8529775264af369e6d3fd9ab7140587e46d', '3cbd09274d253d88959442de94f5f1ac51abb58df4409f881c9eb6569077d06a'),
('wed', '6b084a29b1269e5e3fcf8877', 3, 'key.create', null, null, 'command line (root)', 'e403b3fa-47e6-4504-b5a1-41bb9c8bc613', null, '{"key":"6b084a297d8e9212552d2b6b","kind":"status","name":"leaked","scopes":["status"]}', 1795705385913, '859f77ef27c61942afcfd1866dcd1e9a', 'a593d70233a327a97e1f9f484f28ec8bf301b288216f92f06e76b530d327ac5a', '8b7515ab501c102dbf8e7d125ce78682c17abe7e8c6773c6be45a5cfe50d4b8f'),
('wed', '6b084a29dd1caea731398614', 1, 'key.create', null, null, 'command line (root)', '3172497a-d870-4b1e-8b26-6f836d530056', null, '{"key":"6b084a29f762c167687fba21","kind":"game","name":"games","scopes":["connect","log","profile","application:upload"],"limit":{"count":600,"perMs":60000}}', 1795705385111, 'a89461cb05d4879af890f563a86cab17', 'fc117748036a4165c5fac288237b361c535a6f4f5fb879d348b446a563ca6029', 'e7e40f6b71f3b740047ec89fe3473c540c2d073a0c2d93f6798b9eb5f64fbddd'),
('wed', '6b084a2b0edc6009be69c305', 4, 'key.revoke', null, null, 'command line (root)', 'e697cfc5-dddb-46f0-bfe5-75ed33e5b976', '{"key":"6b084a297d8e9212552d2b6b","kind":"status","name":"leaked","scopes":["status"]}', '{"key":"6b084a297d8e9212552d2b6b","revoked":true}', 1795705387329, '800b3427b0a4f3a18ce927974cc91fa0', '589018c0412ca8db788a70acd92e9cf5b9c9241abdd16094968b1fae3c633c86', '781d9ae5468b8dfce690d729e1ce1c26d988dd3ef4cfdb359e60cebc3d3759f6'),
('wed', '6b084a2c0ea0adb54f828712', 6, 'certification.grant', '1002', '301715666401230851', '6b084a2976b91c09efc4742c', '727e203f-8d33-4262-a488-f073e52553b4', null, '{"certification":"char"}', 1795705388064, 'f94cbc574e502f96c5e304e5547263a1', '5e8ada4ace240f8a8d88ad585b6fda6d6e92052d7338317a2576190d25a752b8', '09d8ed93ef5d0d338d206615f0b975ae604fb17f52ca5468eb2488d8b92bab27'),
('wed', '6b084a2c0fd84de82b8a6a5d', 16, 'application.approve', '1006', '301715666401230851', '6b084a2976b91c09efc4742c', 'c74c3d8c-f87f-4764-a184-f8f61dc1c20f', '{"role":"Member","rank":1,"application":"6b084a2c5b087d2527772162"}', '{"role":"University Student","rank":10}', 1795705388312, 'e9c9feefc60b8abd235a39dd973f2785', 'cf69212c6105925980650be7f8da967aac9ba6a0d014e807005bf0e4de376eee', '98eb50e55e24a9748d344b0de3ab664914936cd4f3a387f3110abb77deef27c7'),
('wed', '6b084a2c15ce0b52666a05f1', 12, 'ban.remove', '100004', '301715666401230851', '6b084a2976b91c09efc4742c', 'bb867a34-29c1-46fd-9311-3a681e86dc87', '{"reason":"bad ''boy''","moderator":"301715666401230851"}', '{"reason":"good boy"}', 1795705388247, '1da73fc7fb233266aa97e3e8cec0ef5e', 'dc94b5fbaa8f37e65e8302c641db6953b84000ae47124808173be0bdffb6a6e2', '44bd1b931e5ae9a276c78fac80b43096d11ff7d9847ebd09213d8bb9af82ac52'),
('wed', '6b084a2c50783e619f0acb85', 10, 'ban.add', '100003', '301715666401230851', '6b084a2976b91c09efc4742c', 'd0485e75-b005-467e-9b4d-5f3fa963e336', null, '{"reason":"bad ''boy''","ends":"2026-11-26T15:03:09.122Z"}', 1795705388123, 'a0db20919ed8a20692a21cb390833bc5', '3643cdb6c3cfa49e71bee168bd5ad78577d225b3b35163bf3ffc9cccfc223525', '29c33e1af1235f8f1610ea534319cdb4ba287b21180cdf88e6f0bfdd8494fcb7'),
('wed', '6b084a2c5aeff3ed6bb379e3', 14, 'application.upload', '1005', null, '6b084a29f762c167687fba21', '9a67dc6e-521a-44af-b69c-fd8c6d133035', '{"application":"6b084a2ccf54ae86bb59aca4"}', '{"application":"6b084a2c2f085e3e8a2a577d"}', 1795705388283, 'ac9e04144c794a02c3f2f419b2161e72', 'efc85b09eceb1e0a95e3c96112dc509499f7b3c059795dd2a883031959c09122', 'a978d50902fd7ebc6f24f9e7e3d0bbd24cf53df8a9bfdd07b51a33e8279b865c'),
('wed', '6b084a2c95f5d976bcaef0a0', 13, 'application.upload', '1005', null, '6b084a29f762c167687fba21', '574e9327-6042-4921-985d-67acc4765b62', null, '{"application":"6b084a2ccf54ae86bb59aca4"}', 1795705388279, '7bfe05fdc9497a6cd2dfd2b2106ba4d2', 'b67e28479550460392cd1b66f9d57a86122af00ff28110e03e3ccfc45edbc50f', 'fe5b5d65e346a68ca2e6bc1ad963af699735c2c1e513f3ad53d34c4bf59fec41'),
('wed', '6b084a2ca13a3130f78f8036', 18, 'points.adjust', '1002', null, 'command line (root)', '9d839d1e-b0cb-424b-a880-dc450d00f4e5', '{"points":75}', '{"points":105,"amount":30,"reason":"a night''s work, unlogged","entry":"6b084a2cae465f75442b348f"}', 1795705388741, 'f8d057225b148a68be0579f44f32f67b', '6dff3903b6516ba2784302481ff23fb9f2b8b0d4c24cbfc792ae599a59545735', 'e80c73b43ede5c3a642d61717bc7a7db16a3512d4fbd4ed37619b82f64a96d34'),
('wed', '6b084a2ca81b56713eb525ff', 7, 'certification.revoke', '1002', '301715666401230851', '6b084a2976b91c09efc4742c', 'cf797370-cb59-4e15-979f-9eeaf977ac68', '{"certification":"char"}', null, 1795705388075, '94996b66837bea0fb87cb206f48cc44d', 'c2c28df05ea8a714b207895f76d969587f81eefeada410a0fad3f42d1f097c68', 'ca4d34747398dc211b82dfd6c1aeae807fbb9f64a2b37596a956a2652ee0f9a5'),
('wed', '6b084a2cc3613a79317918f5', 15, 'application.upload', '1006', null, '6b084a29f762c167687fba21', '539e2099-a759-4236-8d44-3aff51c3454c', null, '{"application":"6b084a2c5b087d2527772162"}', 1795705388296, '7c683d64629454a760606a5300c1cf6e', 'dbc6488104a42052191a54750748b6b311ddc24049ecb46d668ef17f2bf3aaf8', 'd790706797244ffe2fbe79b772d0084ce1c771818ec0cdb6e46de5e132f43d16'),
('wed', '6b084a2cd73376e48aefc536', 9, 'ban.add', '100002', '301715666401230851', '6b084a2976b91c09efc4742c', '16d4dd29-656f-4903-b4ca-07c248587c68', null, '{"reason":"bad ''boy''","ends":"2036-11-23T15:03:08.107Z"}', 1795705388108, '7a8d855e16f7040553c5c3230fe799d8', '37df8a39cc49428d24d9a77d080d45881c681360c07f77be3d45cc042a7dc13a', 'd1059f2ad50a7e9e7ce0ac9a94b32a1d6eae74701eb9cecd9ef5f9777cf6cc68'),
('wed', '6b084a2cdbed9545cb4871cb', 5, 'certification.grant', '1002', '301715666401230851', '6b084a2976b91c09efc4742c', 'dfc47a65-2120-4b27-88ba-6b91d155a1c4', null, '{"certification":"tot"}', 1795705388056, 'ccc6ecddb0bf72cc49b67b0bf84e9ca1', '42c958a453ac95fc14a80ef3a18332b524fa7c4cb8f0fb2ae9e8acc24e85b5f8', '502e828e6dc40ff7e8f27d1f55bd10e886412f55cd65f19a4ab66d21cd863338'),
('wed', '6b084a2ce72499f69bc53494', 11, 'ban.add', '100004', '301715666401230851', '6b084a2976b91c09efc4742c', '6c6b7e13-0965-47b4-b148-ffe0b2359cc8', null, '{"reason":"bad ''boy''"}', 1795705388195, '5a147176eb88f5fdbf995eba241fd768', '485dac2e4786b9c094c8a4af4c0af5f582d9479d05f2bb8918c3c29b7c2fa4e3', 'd00b307abc42c843bd8666a1260362d0f3b9bd6e8d6cb67e9d86405721f9f761'),
('wed', '6b084a2ce78082db78ca58df', 17, 'ban.add', null, '301715666401230851', '6b084a2976b91c09efc4742c', '1b9c57ad-c472-4b83-9502-e309b9458f59', null, null, 1795705388329, null, '05e5346da002fdae013dbed88c57f8f4ed392acd5c21bc5b4eb11c0dd63ba82c', '43e6f210a69509346f94ba2e09f13b0dd9a7b21a66f47672c320f36389a4b2a8'),
('wed', '6b084a2ce9315e05465f2005', 8, 'ban.add', '100001', '301715666401230851', '6b084a2976b91c09efc4742c', '876be8b0-0bad-4969-8c0b-75bbdb939b20', null, '{"reason":"bad ''boy''"}', 1795705388093, 'f049c98ae4e384aadeb81902f6ad7f2f', '2032f4b7ef491a6e893a6194beb0876b2c63928367f501a5de5717dfa521edef', '7a33d3d41c78848ce12dd38e325229c6da09f63f3e9046c9d1dc47d34e23cb37'),
('wed', '6b084a2d0ce1252705d4b636', 19, 'points.adjust', '1002', null, 'command line (root)', '2728dcf0-b1cd-469a-a526-d04dd4ca64f9', '{"points":105}', '{"points":605,"amount":500,"reason":"a mistake","entry":"6b084a2d7185f3a2efe227f6"}', 1795705389208, 'e90fbeb2a4c2fee06b2201dd0dd619ab', '00b8b37aaa0bf30a62c0dae21954e8c553de60431552fd18cd3a9c2344f3a7e5', '1579d7b854d67701c458287f90b76c7bb3cce3bd19f2ff21b5691b55c8ae816a'),
('wed', '6b084a2d18626c6bdc1dc2c3', 20, 'points.reverse', '1002', null, 'command line (root)', 'bcabceaa-da46-4ebf-8cbb-bf2036e13e52', '{"points":605}', '{"points":105,"amount":-500,"reason":"reversal","reverses":"6b084a2d7185f3a2efe227f6","entry":"6b084a2d6935ceb27aee5415"}', 1795705389632, '8cd232f87f08ac7c7c1e0903084c2b30', '190b8dbeadc9463b7de37292106a858adf5dcd34b7689c3a7b520d983ab8c028', '42d883a50d196105e3092b574a18c67e5a7ea625397f199950b4c9f5d09899ff'),
('wed', '6b084a2e3589bd79f5717d27', 22, 'player.erase', null, null, 'command line (root)', 'fd7a56e3-6b0e-4c86-9362-ed6a851434c5', null, '{"receipt":"6b084a2e780f63c609848cfe","blanked":[[17,17]]}', 1795705390426, '25231725fd1630f2bbfd7cdfa3188519', 'ca8a0281a019fe2566c91734cfefc702226a2036cf78270c37ffcd5b3da0670a', '3850c26e081369e916364f71b4de62a1aee6a7c5550973709b78c82110af2c38'),
('wed', '6b084a2ea61bacbc5098f888', 21, 'link.add', '1002', null, 'command line (root)', '470ad738-4f37-41ba-9e71-738c9fcad2a5', null, '{"discord":"400000000000000001"}', 1795705390030, '54ff56f870adf24ea81ad06074f3bcf8', '2fcfa8a869474811eb5a92f52070f5281c2b2bb0c312c9019606cfcd8170894c', 'd68f4d9c7010c80c1ddeae74ca05f5258ab07e63551cddb9b9f52c32ddc876a1');
insert into "audit_head" ("community","sequence","hash") values
('tropics', 3, '6f661a9f3a7cf3e938c539c0525b2fc527b141318ac7753280a918df22f68a31'),
('wed', 22, '3850c26e081369e916364f71b4de62a1aee6a7c5550973709b78c82110af2c38');
insert into "ban" ("community","id","roblox_id","reason","moderator","banned_at","ends_at","is_open","lifted_at","lifted_by","lift_reason") values
('tropics', '6b084a2c80e0ea48e31d2758', '100001', 'bad ''boy''', '301715666401230851', 1795705388337, null, 1, null, null, null),
('wed', '6b084a2c2f609a4bbf3d2df9', '100002', 'bad ''boy''', '301715666401230851', 1795705388107, 2111065388107, 1, null, null, null),
('wed', '6b084a2c33c4109a24244f51', '100004', 'bad ''boy''', '301715666401230851', 1795705388192, null, 0, 1795705388244, '301715666401230851', 'good boy'),
('wed', '6b084a2c650a7331fdc520b3', '100001', 'bad ''boy''', '301715666401230851', 1795705388092, null, 1, null, null, null),
('wed', '6b084a2c71d501e76a6afc67', 'erased:b97b820f4087a2d7688c5f36a7520d6e75e72a9db2a15d8d43860ec6d8f3d081', 'banned before the data was erased', '301715666401230851', 1795705388328, null, 1, null, null, null),
('wed', '6b084a2cdf07793a547a37b2', '100003', 'bad ''boy''', '301715666401230851', 1795705388122, 1795705389122, 1, null, null, null);
insert into "certification" ("community","roblox_id","code","granted_by","granted_at") values
('wed', '1002', 'tot', '301715666401230851', 1795705388056);
insert into "discord_link" ("community","discord_id","source","roblox_id","asked_at") values
('wed', '400000000000000001', 'table', '1002', 1795705390029);
insert into "erasure" ("community","id","source","notification_id","subject","asked_at","done_at","removed") values
('wed', '6b084a2e780f63c609848cfe', 'command', null, 'erased:b97b820f4087a2d7688c5f36a7520d6e75e72a9db2a15d8d43860ec6d8f3d081', 1795705390420, 1795705390420, '{"ban_kept":1,"membership":0,"discord_link":0,"certification":0,"ban":0,"shift":1,"point_entry":1,"application":0,"approval":0,"paste":0,"audit_entry":1,"player":1,"roblox_user":1,"job":1,"idempotency":0}');
insert into "idempotency" ("community","key_id","route","idempotency_key","roblox_id","request_hash","status","body","created_at") values
('wed', '6b084a29f762c167687fba21', '/log', 'shift-1', '1002', '1a0df831398c2b800ce3d749574cab46e376fb84db9f66c857945019376f5edf', 200, '{"status":"success"}', 1795705388028);
insert into "job" ("community","id","task","payload","run_at","attempts","last_error","locked_by","locked_at","given_up_at","created_at") values
('wed', '6b084a2c35eaa7471a5324d1', 'audit.post', '{"act":"certification.revoke","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","before":{"certification":"char"},"at":1795705388076,"entry":{"sequence":7,"hash":"ca4d34747398dc211b82dfd6c1aeae807fbb9f64a2b37596a956a2652ee0f9a5"}}', 1795705394448, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388076),
('wed', '6b084a2c441d6443aa4a7e1c', 'audit.post', '{"act":"ban.remove","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","before":{"reason":"bad ''boy''","moderator":"301715666401230851"},"after":{"reason":"good boy"},"at":1795705388248,"entry":{"sequence":12,"hash":"44bd1b931e5ae9a276c78fac80b43096d11ff7d9847ebd09213d8bb9af82ac52"}}', 1795705392443, 0, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388248),
('wed', '6b084a2c72c396a0d57c5476', 'audit.post', '{"act":"ban.add","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795705388197,"entry":{"sequence":11,"hash":"d00b307abc42c843bd8666a1260362d0f3b9bd6e8d6cb67e9d86405721f9f761"}}', 1795705393165, 1, 'discord: it answered 500', null, null, null, 1795705388197),
('wed', '6b084a2c75206cc3b5003f62', 'audit.post', '{"act":"ban.add","user":{"id":"100003","name":"Visitor100003"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2026-11-26T15:03:09.122Z"},"at":1795705388123,"entry":{"sequence":10,"hash":"29c33e1af1235f8f1610ea534319cdb4ba287b21180cdf88e6f0bfdd8494fcb7"}}', 1795705394447, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388123),
('wed', '6b084a2c82f8d5eb7c694f5b', 'audit.post', '{"act":"ban.add","user":{"id":"100001","name":"Visitor100001"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795705388094,"entry":{"sequence":8,"hash":"7a33d3d41c78848ce12dd38e325229c6da09f63f3e9046c9d1dc47d34e23cb37"}}', 1795705394448, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388094),
('wed', '6b084a2caf7b0b180639a4eb', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"char"},"at":1795705388065,"entry":{"sequence":6,"hash":"09d8ed93ef5d0d338d206615f0b975ae604fb17f52ca5468eb2488d8b92bab27"}}', 1795705394448, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388065),
('wed', '6b084a2cd06f733524282d1d', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"tot"},"at":1795705388059,"entry":{"sequence":5,"hash":"502e828e6dc40ff7e8f27d1f55bd10e886412f55cd65f19a4ab66d21cd863338"}}', 1795705394449, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388059),
('wed', '6b084a2cdd07a1804290c962', 'audit.post', '{"act":"ban.add","user":{"id":"100002","name":"Visitor100002"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2036-11-23T15:03:08.107Z"},"at":1795705388108,"entry":{"sequence":9,"hash":"d1059f2ad50a7e9e7ce0ac9a94b32a1d6eae74701eb9cecd9ef5f9777cf6cc68"}}', 1795705394447, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388108),
('wed', '6b084a2cf4bcc65d51000b4d', 'audit.post', '{"act":"application.approve","user":{"id":"1006","name":"MemberOne"},"moderator":"301715666401230851","before":{"role":"Member","rank":1,"application":"6b084a2c5b087d2527772162"},"after":{"role":"University Student","rank":10},"at":1795705388313,"entry":{"sequence":16,"hash":"98eb50e55e24a9748d344b0de3ab664914936cd4f3a387f3110abb77deef27c7"}}', 1795705392443, 0, 'discord: it is failing and is left alone for a while', null, null, null, 1795705388313);
insert into "kysely_migration" ("name","timestamp") values
('0001-initial', '2026-11-26T15:03:12.891Z');
insert into "kysely_migration_lock" ("id","is_locked") values
('migration_lock', 0);
insert into "membership" ("community","roblox_id","rank","role_name","asked_at") values
('tropics', '100001', 1, 'Member', 1795705392025),
('tropics', '1002', 50, 'Cast Member', 1795705392034),
('wed', '100001', 1, 'Member', 1795705391962),
('wed', '100002', 1, 'Member', 1795705391968),
('wed', '100003', 1, 'Member', 1795705391974),
('wed', '100004', 1, 'Member', 1795705391980),
('wed', '100010', 1, 'Member', 1795705391985),
('wed', '1002', 50, 'Cast Member', 1795705387972),
('wed', '1006', 10, 'University Student', 1795705388311);
insert into "paste" ("id","community","roblox_id","text","created_at","ends_at") values
('M-Wy8lfoNoUtZZ2DMd7RWdQn', 'wed', '1006', 'Application of MemberOne (1006)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795705388296, 1798297388296),
('X99zYFRMM8lX6PPw5a4im9jy', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795705388279, 1798297388279),
('rU-kPTifWh2TctBH96Uksrpr', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795705388282, 1798297388282);
insert into "player" ("community","object_id","roblox_id","points","created_at") values
('tropics', '6b084a2cf49c0c420e4d63ff', '100001', 0, 1795705388337),
('wed', '6b084a2c4f6b13a6e991e5d7', '100002', 0, 1795705388107),
('wed', '6b084a2c669f36a7bc0e1d29', '1006', 0, 1795705388295),
('wed', '6b084a2c9e92b82970679c6c', '1005', 0, 1795705388278),
('wed', '6b084a2caa34ef4984724a41', '100004', 0, 1795705388192),
('wed', '6b084a2cb86f0a51adbd4e6b', '1002', 105, 1795705388030),
('wed', '6b084a2cd27ff47d09f0d7d4', '100001', 0, 1795705388092),
('wed', '6b084a2cd52262b68b87db83', '100003', 0, 1795705388122);
insert into "point_entry" ("community","id","roblox_id","amount","reason","shift_id","reverses","created_at") values
('wed', '6b084a2c3672f581bab18f1c', '1002', 60, 'shift', '6b084a2cc45d67d5039c82c5', null, 1795705388030),
('wed', '6b084a2c55b7c6b8e58d7470', '1002', 15, 'shift', '6b084a2c12ba2cf1d7d8e2e4', null, 1795705388047),
('wed', '6b084a2cae465f75442b348f', '1002', 30, 'a night''s work, unlogged', null, null, 1795705388740),
('wed', '6b084a2d6935ceb27aee5415', '1002', -500, 'reversal', null, '6b084a2d7185f3a2efe227f6', 1795705389630),
('wed', '6b084a2d7185f3a2efe227f6', '1002', 500, 'a mistake', null, null, 1795705389206);
insert into "pseudonym_salt" ("community","salt") values
('tropics', 'f20135bc31648adf7459b0721a957c6f1924e1cc1e2bf45e752ddf1321cddfde'),
('wed', 'f2f3205764ec211f6524a7e71a834d8bb63b2a03ed997ee7fad2273cd2a04ac7');
insert into "recent_shift" ("community","identity","received_at") values
('wed', '14ece6f26f778372bafebb18e64ea82ab329431320cc3ccb6cf3e477373190b2', 1795705388047),
('wed', '3990bc33aa01478f1904d5dcd85d6f9b36417693a3e6d1c99a3f753ceeff4d82', 1795705388030),
('wed', '52648efa6ef236822924005e638682dd493f735a903e95a9faaab74b59c25a6b', 1795705388325);
insert into "roblox_user" ("roblox_id","name","name_lower","asked_at") values
('100001', 'Visitor100001', 'visitor100001', 1795705388087),
('100002', 'Visitor100002', 'visitor100002', 1795705388103),
('100003', 'Visitor100003', 'visitor100003', 1795705388117),
('100004', 'Visitor100004', 'visitor100004', 1795705388134),
('100010', 'Visitor100010', 'visitor100010', 1795705391990),
('1002', 'CastOne', 'castone', 1795705387979),
('1005', 'PendingOne', 'pendingone', 1795705388272),
('1006', 'MemberOne', 'memberone', 1795705388291);
insert into "shift" ("community","id","roblox_id","place","server","seconds","training","points","received_at","key_id","request_id") values
('wed', '6b084a2c12ba2cf1d7d8e2e4', '1002', '4895128840', 'job-1', 900, 1, 15, 1795705388047, '6b084a29f762c167687fba21', '1b95c5ff-3cbe-4d5a-8701-e28c0cf0ce87'),
('wed', '6b084a2cc45d67d5039c82c5', '1002', '4895128840', 'job-1', 3600, 0, 60, 1795705388030, '6b084a29f762c167687fba21', '8e650e3f-0a36-4752-895b-f93fbe717e9d');
