/* Members in the database: who is meant by what was shown, and the numbers they get. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/db/card.h"
#include "lib/db/member.h"
#include "lib/db/sequence.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct world {
    char folder[64], path[80];
    struct vip_db *db;
    struct vip_codes codes;
    struct vip_arena arena;
    struct vip_batch batch;
    struct vip_diag diag;
};

static int64_t add(struct world *world, const char *member, const char *name, const char *phone,
                   const char *birthday, const char *card)
{
    const char *why;
    struct vip_member row = {.member = member, .application = member, .name = name, .phone = phone};
    if (*birthday)
        assert_int_equal(vip_birthday_parse(birthday, &row.birthday, &why), VIP_OK);
    assert_int_equal(vip_member_insert(&world->batch, &world->codes, &row, VIP_STATUS_ACTIVE, 20000,
                                       &world->arena, &world->diag),
                     VIP_OK);
    const struct vip_card one = {.card = card,
                                 .member = row.id,
                                 .state = VIP_CARD_ACTIVE,
                                 .tier = "",
                                 .issued = 20000,
                                 .expires = VIP_DAY_NONE};
    assert_int_equal(vip_card_insert(&world->batch, &one, &world->diag), VIP_OK);
    return row.id;
}

static int open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    snprintf(world->folder, sizeof world->folder, "/tmp/vip-member-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/vip.db", world->folder);
    assert_int_equal(vip_db_open(&world->db, world->path, VIP_DB_CREATE, &world->diag), VIP_OK);
    world->batch =
        (struct vip_batch){.db = world->db, .command = "test", .login = "tester", .as_of = 20000};
    assert_int_equal(vip_batch_begin(&world->batch, &world->diag), VIP_OK);
    add(world, "M1", "张三", "13812345678", "1980-11-21", "K1");
    add(world, "M2", "李四", "13812345679", "L08-15", "K2");
    add(world, "M3", "张三", "", "1990-01-01", "K3");
    add(world, "M4", "张三", "", "1990-01-01", "K4");
    *state = world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;
    char side[96];
    vip_batch_rollback(&world->batch);
    vip_codes_free(&world->codes);
    vip_arena_free(&world->arena);
    vip_db_close(world->db);
    unlink(world->path);
    snprintf(side, sizeof side, "%s-wal", world->path);
    unlink(side);
    snprintf(side, sizeof side, "%s-shm", world->path);
    unlink(side);
    rmdir(world->folder);
    free(world);
    return 0;
}

static const char ways[] = "phone|name+phone|name+birthday";

static void finds(struct world *world, struct vip_identity shown, int64_t wanted)
{
    int64_t member = 0;
    int error = vip_member_identify(world->db, &shown, ways, NULL, &member, &world->diag);
    if (error != VIP_OK)
        fail_msg("%s: %s", world->diag.reason, world->diag.text);
    assert_int_equal(member, wanted);
}

static void refuses(struct world *world, struct vip_identity shown, const char *identify,
                    const char *reason)
{
    int64_t member = 0;
    vip_diag_clear(&world->diag);
    assert_int_equal(vip_member_identify(world->db, &shown, identify, NULL, &member, &world->diag),
                     VIP_EREFUSED);
    assert_string_equal(world->diag.reason, reason);
}

static void each_key_finds(void **state)
{
    struct world *world = *state;
    finds(world, (struct vip_identity){.member = "M2"}, 2);
    finds(world, (struct vip_identity){.card = "K2"}, 2);
    finds(world, (struct vip_identity){.card = "Ｋ２"}, 2);
    finds(world, (struct vip_identity){.phone = "+86 138-1234-5679"}, 2);
    finds(world, (struct vip_identity){.name = "李 四", .birthday = "农历八月十五"}, 2);
    finds(world, (struct vip_identity){.name = "张三", .birthday = "11-21"}, 1);
}

static void all_that_is_given_must_agree(void **state)
{
    struct world *world = *state;
    finds(world,
          (struct vip_identity){.member = "M1",
                                .card = "K1",
                                .phone = "13812345678",
                                .name = "张三",
                                .birthday = "11-21"},
          1);
    refuses(world, (struct vip_identity){.member = "M1", .card = "K2"}, ways, "disagree");
    refuses(world, (struct vip_identity){.card = "K1", .phone = "13812345679"}, ways, "disagree");
    refuses(world, (struct vip_identity){.card = "K1", .phone = "13900000000"}, ways, "disagree");
    refuses(world, (struct vip_identity){.card = "K1", .name = "李四"}, ways, "disagree");
    refuses(world, (struct vip_identity){.phone = "13812345678", .name = "李四"}, ways, "disagree");
    refuses(world, (struct vip_identity){.card = "K1", .birthday = "11-22"}, ways, "disagree");
    refuses(world, (struct vip_identity){.member = "M1", .card = "K9"}, ways, "disagree");
    /* What was never told cannot disagree; what is another's always does. */
    finds(world, (struct vip_identity){.card = "K3", .phone = "13900000000"}, 3);
    refuses(world, (struct vip_identity){.card = "K3", .phone = "13812345678"}, ways, "disagree");
}

static void the_end_of_the_phone_is_enough_beside_the_name(void **state)
{
    struct world *world = *state;
    finds(world, (struct vip_identity){.name = "张三", .phone = "5678"}, 1);
    finds(world, (struct vip_identity){.name = "李 四", .phone = "５６７９"}, 2);
    finds(world, (struct vip_identity){.card = "K1", .phone = "5678"}, 1);
    finds(world, (struct vip_identity){.card = "K3", .phone = "5678"}, 3); /* has told no phone */
    finds(world, (struct vip_identity){.name = "张三", .phone = "5678", .birthday = "11-21"}, 1);
    refuses(world, (struct vip_identity){.phone = "5678"}, ways, "not-identified");
    refuses(world, (struct vip_identity){.phone = "5678", .birthday = "11-21"}, ways,
            "not-identified");
    refuses(world, (struct vip_identity){.name = "张三", .phone = "5679"}, ways, "no-such-member");
    refuses(world, (struct vip_identity){.card = "K1", .phone = "5679"}, ways, "disagree");
    refuses(world, (struct vip_identity){.name = "张三", .phone = "5678", .birthday = "11-22"},
            ways, "disagree");
    refuses(world, (struct vip_identity){.name = "张三", .phone = "5678"}, "name+birthday",
            "not-identified");
    add(world, "M5", "张三", "13912345678", "", "K5");
    refuses(world, (struct vip_identity){.name = "张三", .phone = "5678"}, ways, "ambiguous");
    finds(world, (struct vip_identity){.name = "张三", .phone = "13912345678"}, 5);
}

static void too_little_is_refused(void **state)
{
    struct world *world = *state;
    refuses(world, (struct vip_identity){.name = "张三"}, ways, "ambiguous");
    refuses(world, (struct vip_identity){.name = "张三", .birthday = "1990-01-01"}, ways,
            "ambiguous");
    refuses(world, (struct vip_identity){.birthday = "1990-01-01"}, ways, "not-identified");
    refuses(world, (struct vip_identity){.phone = "13812345678"}, "name+phone", "not-identified");
    refuses(world, (struct vip_identity){.phone = "13900000000"}, ways, "no-such-member");
    refuses(world, (struct vip_identity){.card = "K9"}, ways, "no-such-member");
    refuses(world, (struct vip_identity){.phone = "1.38E+10"}, ways, "spoilt-number");
    refuses(world, (struct vip_identity){.card = "K1", .birthday = "yesterday"}, ways, "bad-date");
    assert_true(vip_identity_empty(&(struct vip_identity){.card = ""}));
    assert_false(vip_identity_empty(&(struct vip_identity){.birthday = "11-21"}));
}

static void messages_hold_no_whole_phone(void **state)
{
    struct world *world = *state;
    refuses(world, (struct vip_identity){.phone = "13900000000"}, ways, "no-such-member");
    assert_null(strstr(world->diag.text, "13900000000"));
    assert_non_null(strstr(world->diag.text, "139****0000"));
}

static void answers_are_remembered_apart(void **state)
{
    struct world *world = *state;
    struct vip_map cache = {0};
    int64_t member;
    const struct vip_identity shown[] = {{.member = "M1"}, {.card = "M1"}, {.card = "K1"}};
    assert_int_equal(vip_member_identify(world->db, &shown[0], ways, &cache, &member, &world->diag),
                     VIP_OK);
    /* A card of the same text as a member number is another question. */
    assert_int_equal(vip_member_identify(world->db, &shown[1], ways, &cache, &member, &world->diag),
                     VIP_EREFUSED);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            vip_member_identify(world->db, &shown[2], ways, &cache, &member, &world->diag), VIP_OK);
        assert_int_equal(member, 1);
    }
    assert_int_equal(cache.count, 2); /* refusals are not remembered */
    vip_map_free(&cache);
}

static void sequences_count_on(void **state)
{
    struct world *world = *state;
    char number[24];
    int64_t next;
    for (int64_t i = 1; i <= 3; i++) {
        assert_int_equal(vip_sequence_next(&world->batch, "card:K", &next, &world->diag), VIP_OK);
        assert_int_equal(next, i);
    }
    add(world, "M0000002", "王五", "", "", "K000004");
    assert_int_equal(vip_member_next(&world->batch, number, &world->diag), VIP_OK);
    assert_string_equal(number, "M0000001");
    assert_int_equal(vip_member_next(&world->batch, number, &world->diag), VIP_OK);
    assert_string_equal(number, "M0000003"); /* the second is taken */
    char card[VIP_CARD_TEXT];
    assert_int_equal(vip_card_next(&world->batch, "K{seq:6}", "", card, &world->diag), VIP_OK);
    assert_string_equal(card, "K000005");
}

static void numbers_are_given_back_with_the_batch(void **state)
{
    struct world *world = *state;
    struct vip_batch *batch = &world->batch;
    int64_t next = 0;
    for (int64_t i = 1; i <= 3; i++)
        assert_int_equal(vip_sequence_next(batch, "card:K", &next, &world->diag), VIP_OK);
    assert_int_equal(vip_batch_commit(batch, &world->diag), VIP_OK);
    assert_int_equal(vip_batch_begin(batch, &world->diag), VIP_OK);
    assert_int_equal(vip_sequence_next(batch, "card:K", &next, &world->diag), VIP_OK);
    assert_int_equal(next, 4);
    vip_batch_rollback(batch);
    assert_int_equal(vip_batch_begin(batch, &world->diag), VIP_OK);
    assert_int_equal(vip_sequence_next(batch, "card:K", &next, &world->diag), VIP_OK);
    assert_int_equal(next, 4);
}

static void the_current_card(void **state)
{
    struct world *world = *state;
    const char *number;
    struct vip_card waiting = {.card = "K9",
                               .member = 1,
                               .state = VIP_CARD_ISSUED,
                               .tier = "",
                               .issued = 20010,
                               .expires = VIP_DAY_NONE,
                               .replaces = "K1"};
    assert_int_equal(vip_card_insert(&world->batch, &waiting, &world->diag), VIP_OK);
    assert_int_equal(vip_member_card(world->db, 1, &world->arena, &number, &world->diag), VIP_OK);
    assert_string_equal(number, "K1");
    assert_int_equal(vip_card_set_state(&world->batch, "K1", VIP_CARD_LOST, &world->diag), VIP_OK);
    assert_int_equal(vip_member_card(world->db, 1, &world->arena, &number, &world->diag), VIP_OK);
    assert_string_equal(number, "K9");
    assert_int_equal(vip_card_close_all(&world->batch, 1, NULL, VIP_CARD_CANCELLED, &world->diag),
                     VIP_OK);
    assert_int_equal(vip_member_card(world->db, 1, &world->arena, &number, &world->diag), VIP_OK);
    assert_string_equal(number, "");
    assert_int_equal(vip_card_insert(&world->batch, &waiting, &world->diag), VIP_EREFUSED);
    assert_string_equal(world->diag.reason, "conflict");
}

static void codes_are_made_once(void **state)
{
    struct world *world = *state;
    struct vip_codes other = {.loaded = false};
    int64_t first, again, none;
    assert_int_equal(vip_code_find(world->db, &world->codes, "S9", false, &none, &world->diag),
                     VIP_OK);
    assert_int_equal(none, -1);
    assert_int_equal(vip_code_find(world->db, &other, "S9", true, &first, &world->diag), VIP_OK);
    assert_true(first > 0);
    /* The first cache was read before: it finds what somebody else has written since. */
    assert_int_equal(vip_code_find(world->db, &world->codes, "S9", true, &again, &world->diag),
                     VIP_OK);
    assert_int_equal(again, first);
    assert_int_equal(vip_code_find(world->db, &other, "", true, &none, &world->diag), VIP_OK);
    assert_int_equal(none, 0);
    vip_codes_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_key_finds, open_world, close_world),
        cmocka_unit_test_setup_teardown(all_that_is_given_must_agree, open_world, close_world),
        cmocka_unit_test_setup_teardown(the_end_of_the_phone_is_enough_beside_the_name, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(too_little_is_refused, open_world, close_world),
        cmocka_unit_test_setup_teardown(messages_hold_no_whole_phone, open_world, close_world),
        cmocka_unit_test_setup_teardown(answers_are_remembered_apart, open_world, close_world),
        cmocka_unit_test_setup_teardown(sequences_count_on, open_world, close_world),
        cmocka_unit_test_setup_teardown(numbers_are_given_back_with_the_batch, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(the_current_card, open_world, close_world),
        cmocka_unit_test_setup_teardown(codes_are_made_once, open_world, close_world),
    };
    return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
