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
alter table "api_key" add column "caller" text;
insert into "api_key" ("id","community","kind","name","hash","start","scopes","limit_count","limit_ms","created_at","expires_at","revoked_at","last_used_at","place","server","asked_by","replaced_by","caller") values
('6b09bcb767f256d692f4db23', 'wed', 'game', 'games', '162da6c2ac7b4e05b6d7fab69718d72d0a28cf325ac90922ef4a589fea5e6635', 'mb_game_pROz', 'connect,log,profile,application:upload', 600, 60000, 1795800247085, null, null, 1795800253410, null, null, null, null, '6b09bcb767f256d692f4db23'),
('6b09bcb7be2cfef64fd45d45', 'wed', 'bot', 'bot', '960179ce0cecdc88e74b1a30c13adea4a7d49554c1cb3f77a99bc27349502570', 'mb_bot_eweX', 'profile,certification,ban,application,status', null, null, 1795800247438, 1803576247438, null, 1795800253420, null, null, null, null, '6b09bcb7be2cfef64fd45d45'),
('6b09bcb7ed0ab5815a3b77aa', 'wed', 'status', 'leaked', 'e1faadc4543bd4ec1ba752c69382ba542e650b53fd01643a2a6c6ae487d60068', 'mb_status_ozHq', 'status', null, null, 1795800247784, null, 1795800249173, null, null, null, null, null, '6b09bcb7ed0ab5815a3b77aa'),
('6b09bcb818afe677f03c7e29', 'tropics', 'bot', '', '0d8935407c3f9ca503ef3743cfe1a4a00704847acc4c7822326be7723cb376a9', 'mb_bot_wjJN', 'profile,certification,ban,application,status', null, null, 1795800248468, null, null, 1795800253432, null, null, null, null, '6b09bcb818afe677f03c7e29'),
('6b09bcb888fd0a0f4a64766f', 'tropics', 'game', '', '8f893b77fc04641e6e01eceea1eaa76d3fc5d89e1994136b4ae29fb4d651fbef', 'mb_game_QJq1', 'connect,log,profile,application:upload', null, null, 1795800248125, null, null, 1795800253425, null, null, null, null, '6b09bcb888fd0a0f4a64766f'),
('6b09bcbae430b60b81fa9ee1', 'tropics', 'game', '', '81807a0cb42943b3d7bcb62093e433155a41bea2679e6835dbafc9eb790b979a', 'mb_game_x9qd', 'connect,log,profile,application:upload', null, null, 1795800250128, 1795843450127, null, 1795800253427, '4895128840', 'job-1', '6b09bcb888fd0a0f4a64766f', null, '6b09bcb888fd0a0f4a64766f');
insert into "application" ("community","id","roblox_id","q1","q2","q3","q4","url","state","submitted_at","decided_at","decided_by") values
('wed', '6b09bcba55d32880d9bc3222', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/3xnkd21UmLBnmo-Aaax8ZV-l', 'replaced', 1795800250083, null, null),
('wed', '6b09bcba60fd232d410c07f8', '1005', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/bHbtHs-2wE7ob9ocKBCRgWLy', 'open', 1795800250087, null, null),
('wed', '6b09bcbaef53a723bc676a3d', '1006', 'I like rides', 'Daily', 'Yes, it''s true; \ and ünï🚒', 'No
never', 'https://band.example/pastes/t76x1arMgzv0RgxMcg0v-sT5', 'approved', 1795800250097, 1795800250110, '301715666401230851');
insert into "audit_entry" ("community","id","sequence","act","roblox_id","moderator","key_id","request_id","before","after","created_at","salt","digest","hash") values
('tropics', '6b09bcb83641cb432ccc0672', 2, 'key.create', null, null, 'command line (root)', '93f61262-3d4c-42fb-9bb6-24f241923bb2', null, '{"key":"6b09bcb818afe677f03c7e29","kind":"bot","name":"","scopes":["profile","certification","ban","application","status"]}', 1795800248470, '25b44f9ab43172e430d1b34a7c9d81d1', '6122d8c3132453c39304a8e80cd0f17c2ba79210d87ed6e0a8130d149bfca562', '35a71b113d3325de5f22b65caae8160746315ceae513032125d2960515f56356'),
('tropics', '6b09bcb8c0eed0847ea22061', 1, 'key.create', null, null, 'command line (root)', '2df81c35-851f-4d79-b4b1-742e36368175', null, '{"key":"6b09bcb888fd0a0f4a64766f","kind":"game","name":"","scopes":["connect","log","profile","application:upload"]}', 1795800248127, 'e5498360d47af27218855fa61ad0287e', 'a9e7cc09dd9d7e78569a95db8f6955765c7218ba2be93fbbe55ebcc8ed62dfaa', '6bd1de474388df039b1af71a648983fdd2b368880fd49aa59a232b73ef0f35b1'),
('tropics', '6b09bcba1b7e13159cfffb74', 3, 'ban.add', '100001', '301715666401230851', '6b09bcb818afe677f03c7e29', '61efbf3a-a341-4659-8af5-8e15f92e848c', null, '{"reason":"bad ''boy''"}', 1795800250130, 'fa7943ff99ddcee0b3e7a05117bdb9dd', '06abbeaa4672d0d51f18c0b21f12ae515c52f590b31a7d6533e1cc94e54501e0', 'cbd1231eee6ddfe7e7bd50c37c0c5dcf7643dfb30a62ea5621cd73830778f39b'),
('wed', '6b09bcb728bdaf4862d32b31', 1, 'key.create', null, null, 'command line (root)', '7564e740-0953-4b93-9316-49ac1e8b9968', null, '{"key":"6b09bcb767f256d692f4db23","kind":"game","name":"games","scopes":["connect","log","profile","application:upload"],"limit":{"count":600,"perMs":60000}}', 1795800247087, '1297a9f036c7101e0275cd096ca64c7b', '5d1fbee124cc3160546db452552f242408ad59f450f600fb85780a3041657dcc', '3bee6bb5a4c034421aa3016d0eefe296b1eb9a33fef2a3fb949f04de836fc019'),
('wed', '6b09bcb77309eba31e7ba005', 2, 'key.create', null, null, 'command line (root)', 'f80473c8-e8bf-4dd0-8883-b0832e5b33e8', null, '{"key":"6b09bcb7be2cfef64fd45d45","kind":"bot","name":"bot","scopes":["profile","certification","ban","application","status"],"expires":"2027-02-25T17:24:07.438Z"}', 1795800247440, 'b74fd05f5410818302545e1f9cf4c5e1', 'daee5339347b49e3071de4e1e8f3bc73892aadb1d2021336450a3a3693cfb729', 'a12349c0570f5dc99011065dfbdcc095ea688b3e1dec6c6ae58ad5a924bf71be'),
('wed', '6b09bcb7ffd140797e6e8744', 3, 'key.create', null, null, 'command line (root)', '46054bb9-04cc-4ef4-b4f7-72d344c0118b', null, '{"key":"6b09bcb7ed0ab5815a3b77aa","kind":"status","name":"leaked","scopes":["status"]}', 1795800247785, '611c50e32920c7ae8e06db7eebcff199', '46a883b65f6a00d2b52ce02be717cb08a3eae7112c7a4942ef3d9f55b023957b', 'c0ac72801f555173015a26c7bbdd5ae904352d6bc094e4d4ab841784682fcf5e'),
('wed', '6b09bcb96fed2b2aab8f46cd', 4, 'key.revoke', null, null, 'command line (root)', 'de0e75c9-c7b9-4afd-a93f-9cfd62c255ac', '{"key":"6b09bcb7ed0ab5815a3b77aa","kind":"status","name":"leaked","scopes":["status"]}', '{"key":"6b09bcb7ed0ab5815a3b77aa","revoked":true}', 1795800249175, '4812422abf6e430ae7c79105d6a3eb14', '461f21fcd0c5256c5b7e834a39546d5696d8523d6457bdb1bed11d4810bb7de0', 'f627420c39e5f296da9c56cd94b26aa1defa7af69cfdd93de30ddad74cf4d3c2'),
('wed', '6b09bcba1319dcb2e0d479cb', 11, 'ban.add', '100004', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '54ede353-c1cb-40fb-a2cd-5fd2854f1396', null, '{"reason":"bad ''boy''"}', 1795800250066, '86ed107a3b4662a967e41cdf953678d4', '30030d045c76170d175efbae50c32face8f0e56b03f6c3276fe8f4f2c08730b8', '04054f1dc8964870087df41c1b9abdccf67874c34f674b2e494959bb3fdce259'),
('wed', '6b09bcba160f02229780b721', 14, 'application.upload', '1005', null, '6b09bcb767f256d692f4db23', '493e2d51-e2a0-4ba4-9373-ebad92899849', '{"application":"6b09bcba55d32880d9bc3222"}', '{"application":"6b09bcba60fd232d410c07f8"}', 1795800250087, '69035566cc60a1a55536c5ff26ebfcb6', '0f77d0bf58ee9617a3b5d45552f7d35d1c2b51ad0722c1770b57290fba90ed98', '433305aa842bd8eefe596242007189577a2477e325ff36e27fd31c04638bec00'),
('wed', '6b09bcba26c821d18da778f3', 15, 'application.upload', '1006', null, '6b09bcb767f256d692f4db23', 'a73bcd45-a57e-4bda-a0ba-bedde27109c0', null, '{"application":"6b09bcbaef53a723bc676a3d"}', 1795800250098, '78f1e56b4f0e8d87fbb42f5e516321d1', 'f8b6eefaac2a6a128f6587a787cf05cc53d1c3d27edcf27adb3a8237103b21cb', '510ef0f2bdbb98a2645d35af4119264972a4d5c65af948bf8f9f1db776de5554'),
('wed', '6b09bcba30963d696c25cf22', 12, 'ban.remove', '100004', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '393db585-4065-4316-85cd-a7589bd0ec6c', '{"reason":"bad ''boy''","moderator":"301715666401230851"}', '{"reason":"good boy"}', 1795800250070, 'ca802fc98b3bbc7c9336f40627504eec', 'ed7f0f334f6fb1051c776c539f13043cb86a616fdb659eaf1c760721fd2be95c', '070ff140aa34dde30dd47835fdf9ee40423866b4fe216103d3293ac71864afd7'),
('wed', '6b09bcba378c9b0bb3ff2470', 5, 'certification.grant', '1002', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '707a594a-3299-4aad-b600-e165d15da0c4', null, '{"certification":"tot"}', 1795800249999, '0f92962af72a6154359f701085d1aa70', '3c0936f265a126cd15ff5011bee337aaaf42cba3f7b5138813f2ab40856f1c09', '1983ad2d084a1dba224b280eec2260d56966050fb9fe8c175c393bbc9fc1ac95'),
('wed', '6b09bcba39bea4f01d6d7f77', 9, 'ban.add', '100002', '301715666401230851', '6b09bcb7be2cfef64fd45d45', 'b18f2f1a-1a54-48cb-9c2d-8cc6beb234c6', null, '{"reason":"bad ''boy''","ends":"2036-11-24T17:24:10.041Z"}', 1795800250041, 'c687999b93d66bc123bb60e3b0d9bc5b', 'af7096df55720addc916cd4d8413bd08ea2b1dea4eb70100ef9b259ca8d54409', '89c38ad2bb18a6831ef13e599d1029da87def84c0ec72128a14fe9b068dba434'),
('wed', '6b09bcba4460b6cf680d5c2e', 16, 'application.approve', '1006', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '339cdfd8-de23-4afc-aebd-ee477c6e01a7', '{"role":"Member","rank":1,"application":"6b09bcbaef53a723bc676a3d"}', '{"role":"University Student","rank":10}', 1795800250111, '06548baab5a38401d318100f92ae3ed5', 'd3490ef37a5a931bfed6d21ce79331a30af3eb4c573a0a538bc02c3f655ed447', '79ea7e3fc200111c654cf52bc2c6917cff05ac12e7ed0eead7fe1e5ba247ca61'),
('wed', '6b09bcba45cbf893761799fa', 18, 'points.adjust', '1002', null, 'command line (root)', '36d5a5db-e085-45f5-917b-3f216b028085', '{"points":75}', '{"points":105,"amount":30,"reason":"a night''s work, unlogged","entry":"6b09bcbaeda30158d82294a3"}', 1795800250472, '4875f35e20b5f00f16e5f4e023096aee', 'c4245f709e54d900be0d851d04677afed77adad6afb2656b5fb6c87d0fb5e1e2', '456e4d16f3753344c29c54f0d273445f534e93017a97bb90693cae0eb0e1c746'),
('wed', '6b09bcba47c00c931c8af7fd', 19, 'points.adjust', '1002', null, 'command line (root)', '958b62b1-582e-448e-938d-8f2b946e9597', '{"points":105}', '{"points":605,"amount":500,"reason":"a mistake","entry":"6b09bcba602a77c07b84bd3d"}', 1795800250815, '49e5f4f3ec17875eee0bbd8fe2802f50', 'b5978e719a709048a466f07348a03a4ed0d2a1f62be981060cb9ad4b172a2deb', '21a090d3a34878fb71395bb653f51a8f710c077ab530036f6120b470bc4d1c26'),
('wed', '6b09bcba6611df11db484721', 17, 'ban.add', null, '301715666401230851', '6b09bcb7be2cfef64fd45d45', '5c3c978a-64c6-4b8a-8bf9-2d3867c26603', null, null, 1795800250123, null, '75593b3da2a1a3f8d7cb6146ed97d2f5a14c7dcfd21014bd13900dfc099811cb', '8d7cf0e6774c72683d0a6521b309002fa0ac9036f99f73ea4f8a9e897916b283'),
('wed', '6b09bcba8b9137952dbbd70f', 13, 'application.upload', '1005', null, '6b09bcb767f256d692f4db23', '090d6b70-b8e7-4c1b-9635-c275b215fbec', null, '{"application":"6b09bcba55d32880d9bc3222"}', 1795800250083, '482bf4d14b4875ed12749f2b4ce5779f', '19e879f607cfeb77a55a9ad23a0a1f63a7717c96e58c771f6b3979b168f3913c', '59cf1bcb5e8132b2c08459080dbc3a7eee71d8344617da3d217fc7a809e2250f'),
('wed', '6b09bcbad0530fb300c88762', 6, 'certification.grant', '1002', '301715666401230851', '6b09bcb7be2cfef64fd45d45', 'd049e1d3-d4be-47a0-b414-6ceb2d47e7e8', null, '{"certification":"char"}', 1795800250005, '222efb16f873e904e7b3caa52d3a0d96', 'd0feb7c71f93df96884c4dbbe0a3d1992b611744884d0057a1bb632e1d30c28e', 'b1f6df1a300e2e7f7c56243c164dd9fc5289de71d162b6886ae778fdd15af244'),
('wed', '6b09bcbaf49b291ef6701b9d', 10, 'ban.add', '100003', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '6ae1e8dc-b25f-44b9-857b-46928d89148d', null, '{"reason":"bad ''boy''","ends":"2026-11-27T17:24:11.054Z"}', 1795800250054, '057670e802041d3eced3b6725e14f1c9', 'e3467cb843acea138514b0af3093372b2510cc1db97b0aae8ee4c6b64f4ab144', '5afc1dedda1a4fe9f80a0983a088ca2f167848d4c36478280da272f49d9a4033'),
('wed', '6b09bcbafd7d44afdd8d1e43', 8, 'ban.add', '100001', '301715666401230851', '6b09bcb7be2cfef64fd45d45', 'cc4f7662-b681-491d-8cdb-a2f8963c181b', null, '{"reason":"bad ''boy''"}', 1795800250029, '42482184946ea655ddb0dfe96669d2f7', 'e3f94c78e1b1137a239e850bc513aec33a74f2194907183682eff7d172bb3c80', 'b09aed6b43e642d17c98dddd623a051c29bdc799e314df914ae605e1672a5468'),
('wed', '6b09bcbafdd0cff4426eae89', 7, 'certification.revoke', '1002', '301715666401230851', '6b09bcb7be2cfef64fd45d45', '75f7a3bb-ec37-4d1f-a72c-6bf2891b0b2c', '{"certification":"char"}', null, 1795800250014, 'cb7621b1b2ed778e87ec0c4b9df862fc', '5fe5592d6ab47d39f0caa7c96b7b72c4d1d02ad82baf04f5494915cbaf9e9f3a', '199d4690e0cf11075cd9f6d614aef600494d2dd6244ef55366e1fff7d176ca93'),
('wed', '6b09bcbb61432a256ab2816a', 20, 'points.reverse', '1002', null, 'command line (root)', '8504048a-dada-462c-bd1d-8ce3b22bd56b', '{"points":605}', '{"points":105,"amount":-500,"reason":"reversal","reverses":"6b09bcba602a77c07b84bd3d","entry":"6b09bcbb78c72065da26b4a5"}', 1795800251155, '816e9005b3c84a9740b97462b8110013', '6c41863623819aefd645703dfb59b2b1f89888b2475d54e88db6978018c3098f', '4bcc28d89a72da9d7f4635a420398dd3d641a9ecd5d855f0b58682c0d7a0f67f'),
('wed', '6b09bcbb976f26d592178925', 22, 'player.erase', null, null, 'command line (root)', 'e7d0e2af-e1c2-4473-9538-47be5bc85d07', null, '{"receipt":"6b09bcbb5c3f5fcae825e870","blanked":[[17,17]]}', 1795800251848, 'd9ddbb8b152cb5d301860f0d12f0fa5d', 'ac30ff28d405ba14a2b20b4fe0aa3adb39b17ed43533d239956804d3d65e0d30', 'c4c664c29b4a04401331d732fb82fb96d89e3b07596f8e81bbc0a04e6b795e28'),
('wed', '6b09bcbba8d754f87406151f', 21, 'link.add', '1002', null, 'command line (root)', '0a603c2d-3aa4-4dd3-a0d7-509679e5657b', null, '{"discord":"400000000000000001"}', 1795800251497, '52912a34a41ed8dcba67d65b1fcb6f40', '72ea508723e61e0a050af45074dce8a3d44ca443dc00c940c009a7be6d2c848e', 'd1afc066f256c5f9d86a75b9d74966713559b49f71f9645f23a6036a02e4fad5');
insert into "audit_head" ("community","sequence","hash") values
('tropics', 3, 'cbd1231eee6ddfe7e7bd50c37c0c5dcf7643dfb30a62ea5621cd73830778f39b'),
('wed', 22, 'c4c664c29b4a04401331d732fb82fb96d89e3b07596f8e81bbc0a04e6b795e28');
insert into "ban" ("community","id","roblox_id","reason","moderator","banned_at","ends_at","is_open","lifted_at","lifted_by","lift_reason") values
('tropics', '6b09bcba6fbfa703ed096cfd', '100001', 'bad ''boy''', '301715666401230851', 1795800250130, null, 1, null, null, null),
('wed', '6b09bcba0660854b0e9c5ce1', '100003', 'bad ''boy''', '301715666401230851', 1795800250054, 1795800251054, 1, null, null, null),
('wed', '6b09bcba3661e123a9966ed9', '100001', 'bad ''boy''', '301715666401230851', 1795800250028, null, 1, null, null, null),
('wed', '6b09bcba9c4c402119c2cd8b', '100002', 'bad ''boy''', '301715666401230851', 1795800250041, 2111160250041, 1, null, null, null),
('wed', '6b09bcbac4e24ab26fd35100', 'erased:3ef689baac880965b7f8082712a73a0dae9f552f18acdf755010d7780411f0af', 'banned before the data was erased', '301715666401230851', 1795800250123, null, 1, null, null, null),
('wed', '6b09bcbad0da91a95f1da765', '100004', 'bad ''boy''', '301715666401230851', 1795800250065, null, 0, 1795800250069, '301715666401230851', 'good boy');
insert into "certification" ("community","roblox_id","code","granted_by","granted_at") values
('wed', '1002', 'tot', '301715666401230851', 1795800249999);
insert into "discord_link" ("community","discord_id","source","roblox_id","asked_at") values
('wed', '400000000000000001', 'table', '1002', 1795800251495);
insert into "erasure" ("community","id","source","notification_id","subject","asked_at","done_at","removed") values
('wed', '6b09bcbb5c3f5fcae825e870', 'command', null, 'erased:3ef689baac880965b7f8082712a73a0dae9f552f18acdf755010d7780411f0af', 1795800251842, 1795800251843, '{"ban_kept":1,"membership":0,"discord_link":0,"certification":0,"ban":0,"shift":1,"point_entry":1,"application":0,"approval":0,"paste":0,"audit_entry":1,"player":1,"roblox_user":1,"job":1,"idempotency":0}');
insert into "idempotency" ("community","key_id","route","idempotency_key","roblox_id","request_hash","status","body","created_at") values
('wed', '6b09bcb767f256d692f4db23', '/log', 'shift-1', '1002', '1a0df831398c2b800ce3d749574cab46e376fb84db9f66c857945019376f5edf', 200, '{"status":"success"}', 1795800249966);
insert into "job" ("community","id","task","payload","run_at","attempts","last_error","locked_by","locked_at","given_up_at","created_at") values
('wed', '6b09bcba0701f3425bc58533', 'audit.post', '{"act":"ban.add","user":{"id":"100003","name":"Visitor100003"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2026-11-27T17:24:11.054Z"},"at":1795800250055,"entry":{"sequence":10,"hash":"5afc1dedda1a4fe9f80a0983a088ca2f167848d4c36478280da272f49d9a4033"}}', 1795800256811, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250055),
('wed', '6b09bcba31e23c354f984d58', 'audit.post', '{"act":"application.approve","user":{"id":"1006","name":"MemberOne"},"moderator":"301715666401230851","before":{"role":"Member","rank":1,"application":"6b09bcbaef53a723bc676a3d"},"after":{"role":"University Student","rank":10},"at":1795800250111,"entry":{"sequence":16,"hash":"79ea7e3fc200111c654cf52bc2c6917cff05ac12e7ed0eead7fe1e5ba247ca61"}}', 1795800256808, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250111),
('wed', '6b09bcba5160cf260c8ed2bd', 'audit.post', '{"act":"ban.add","user":{"id":"100002","name":"Visitor100002"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''","ends":"2036-11-24T17:24:10.041Z"},"at":1795800250042,"entry":{"sequence":9,"hash":"89c38ad2bb18a6831ef13e599d1029da87def84c0ec72128a14fe9b068dba434"}}', 1795800256812, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250042),
('wed', '6b09bcba668a64b3c4d21573', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"tot"},"at":1795800250001,"entry":{"sequence":5,"hash":"1983ad2d084a1dba224b280eec2260d56966050fb9fe8c175c393bbc9fc1ac95"}}', 1795800260197, 2, 'discord: it answered 500', null, null, null, 1795800250001),
('wed', '6b09bcba6d2267409ecf7be5', 'audit.post', '{"act":"certification.revoke","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","before":{"certification":"char"},"at":1795800250015,"entry":{"sequence":7,"hash":"199d4690e0cf11075cd9f6d614aef600494d2dd6244ef55366e1fff7d176ca93"}}', 1795800254807, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250015),
('wed', '6b09bcba89c24e0465135516', 'audit.post', '{"act":"ban.add","user":{"id":"100001","name":"Visitor100001"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795800250029,"entry":{"sequence":8,"hash":"b09aed6b43e642d17c98dddd623a051c29bdc799e314df914ae605e1672a5468"}}', 1795800254807, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250029),
('wed', '6b09bcbab157a255b4ce315a', 'audit.post', '{"act":"certification.grant","user":{"id":"1002","name":"CastOne"},"moderator":"301715666401230851","after":{"certification":"char"},"at":1795800250006,"entry":{"sequence":6,"hash":"b1f6df1a300e2e7f7c56243c164dd9fc5289de71d162b6886ae778fdd15af244"}}', 1795800254807, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250006),
('wed', '6b09bcbab2bce71c1b623ac4', 'audit.post', '{"act":"ban.add","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","after":{"reason":"bad ''boy''"},"at":1795800250066,"entry":{"sequence":11,"hash":"04054f1dc8964870087df41c1b9abdccf67874c34f674b2e494959bb3fdce259"}}', 1795800256810, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250066),
('wed', '6b09bcbacd6c5eef5fec7f4f', 'audit.post', '{"act":"ban.remove","user":{"id":"100004","name":"Visitor100004"},"moderator":"301715666401230851","before":{"reason":"bad ''boy''","moderator":"301715666401230851"},"after":{"reason":"good boy"},"at":1795800250070,"entry":{"sequence":12,"hash":"070ff140aa34dde30dd47835fdf9ee40423866b4fe216103d3293ac71864afd7"}}', 1795800256809, 1, 'discord: it is failing and is left alone for a while', null, null, null, 1795800250070);
insert into "kysely_migration" ("name","timestamp") values
('0001-initial', '2026-11-27T17:24:14.281Z'),
('0002-caller', '2026-11-27T17:24:14.282Z');
insert into "kysely_migration_lock" ("id","is_locked") values
('migration_lock', 0);
insert into "membership" ("community","roblox_id","rank","role_name","asked_at") values
('tropics', '100001', 1, 'Member', 1795800253427),
('tropics', '1002', 50, 'Cast Member', 1795800253432),
('wed', '100001', 1, 'Member', 1795800253377),
('wed', '100002', 1, 'Member', 1795800253386),
('wed', '100003', 1, 'Member', 1795800253390),
('wed', '100004', 1, 'Member', 1795800253393),
('wed', '100010', 1, 'Member', 1795800253398),
('wed', '1002', 50, 'Cast Member', 1795800249865),
('wed', '1006', 10, 'University Student', 1795800250110);
insert into "paste" ("id","community","roblox_id","text","created_at","ends_at") values
('3xnkd21UmLBnmo-Aaax8ZV-l', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795800250083, 1798392250083),
('bHbtHs-2wE7ob9ocKBCRgWLy', 'wed', '1005', 'Application of PendingOne (1005)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795800250087, 1798392250087),
('t76x1arMgzv0RgxMcg0v-sT5', 'wed', '1006', 'Application of MemberOne (1006)

Question 1
I like rides

Question 2
Daily

Question 3
Yes, it''s true; \ and ünï🚒

Question 4
No
never
', 1795800250098, 1798392250098);
insert into "player" ("community","object_id","roblox_id","points","created_at") values
('tropics', '6b09bcba8514dc6bf2e9c973', '100001', 0, 1795800250130),
('wed', '6b09bcb92e614191d5bfc238', '1002', 105, 1795800249971),
('wed', '6b09bcba0decbf1aa9044d0d', '1006', 0, 1795800250097),
('wed', '6b09bcba0ea50621fa198d40', '100002', 0, 1795800250041),
('wed', '6b09bcba15186343ee7ff7c6', '100004', 0, 1795800250065),
('wed', '6b09bcba58d25b8067b24fd1', '100001', 0, 1795800250028),
('wed', '6b09bcbaa17da86d3cc6fdce', '1005', 0, 1795800250083),
('wed', '6b09bcbade6c656af0995218', '100003', 0, 1795800250054);
insert into "point_entry" ("community","id","roblox_id","amount","reason","shift_id","reverses","created_at") values
('wed', '6b09bcb9183641e688ddbb09', '1002', 15, 'shift', '6b09bcb9654d62fb7baae96e', null, 1795800249989),
('wed', '6b09bcb921d6a23f34cbf8ab', '1002', 60, 'shift', '6b09bcb99883918cbdf5fc8b', null, 1795800249971),
('wed', '6b09bcba602a77c07b84bd3d', '1002', 500, 'a mistake', null, null, 1795800250813),
('wed', '6b09bcbaeda30158d82294a3', '1002', 30, 'a night''s work, unlogged', null, null, 1795800250470),
('wed', '6b09bcbb78c72065da26b4a5', '1002', -500, 'reversal', null, '6b09bcba602a77c07b84bd3d', 1795800251153);
insert into "pseudonym_salt" ("community","salt") values
('tropics', 'e9155ef798621706c849a9282f593d0a3b6054f75df8d955532bb8efa74524cd'),
('wed', '38fa65020b970fd3fa3360503db7127e664741118ce8bbb9310df937c726d927');
insert into "recent_shift" ("community","identity","received_at") values
('wed', '14ece6f26f778372bafebb18e64ea82ab329431320cc3ccb6cf3e477373190b2', 1795800249989),
('wed', '3990bc33aa01478f1904d5dcd85d6f9b36417693a3e6d1c99a3f753ceeff4d82', 1795800249971),
('wed', '52648efa6ef236822924005e638682dd493f735a903e95a9faaab74b59c25a6b', 1795800250121);
insert into "roblox_user" ("roblox_id","name","name_lower","asked_at") values
('100001', 'Visitor100001', 'visitor100001', 1795800250023),
('100002', 'Visitor100002', 'visitor100002', 1795800250037),
('100003', 'Visitor100003', 'visitor100003', 1795800250052),
('100004', 'Visitor100004', 'visitor100004', 1795800250063),
('100010', 'Visitor100010', 'visitor100010', 1795800253403),
('1002', 'CastOne', 'castone', 1795800249915),
('1005', 'PendingOne', 'pendingone', 1795800250079),
('1006', 'MemberOne', 'memberone', 1795800250095);
insert into "shift" ("community","id","roblox_id","place","server","seconds","training","points","received_at","key_id","request_id") values
('wed', '6b09bcb9654d62fb7baae96e', '1002', '4895128840', 'job-1', 900, 1, 15, 1795800249989, '6b09bcb767f256d692f4db23', 'e77df31e-38ba-491f-b156-4697f52793e4'),
('wed', '6b09bcb99883918cbdf5fc8b', '1002', '4895128840', 'job-1', 3600, 0, 60, 1795800249971, '6b09bcb767f256d692f4db23', '0d7fee9f-2e75-431f-8d08-6cb17aab6eec');
