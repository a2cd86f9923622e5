package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, with which words, and what an older node makes of a newer one's message. */
class StrictnessTest {
    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static String rejection(Route route, String body) {
        return CommandCodec.decode(route, Samples.LEASE.toString(), List.of(), hex(body))
                .fold(command -> "accepted " + command, reason -> reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a1 01 18 07          | a head that is longer than needed",
                "a1 01 1a 00 00 00 07 | a head that is longer than needed",
                "b8 01 01 07          | a head that is longer than needed",
                "bf 01 07 ff          | an indefinite length",
                "a2 01 07 01 07       | out of order or there twice",
                "a2 02 00 01 07       | out of order or there twice",
                "a1 01 c1 07          | a tag",
                "a1 01 f6             | null",
                "a1 01 f9 00 00       | a float",
                "a1 01 1b ff ff ff ff ff ff ff ff | beyond 63 bits",
                "a1 61 61 07          | a key that is no whole number",
                "a1 01 07 00          | follow the end",
                "81 07                | body: not a map",
                "a0                   | body.epoch: missing",
                "a1 01 26             | body.epoch: negative",
                "a1 01 61 37          | body.epoch: not a whole number",
                "a2 01 07 02 00       | body: key 2 is not known here",
            })
    void a_body_has_one_form_only(String body, String reason) {
        assertThat(rejection(Route.COMMIT, body)).contains(reason);
    }

    @Test
    void text_is_utf_8_within_its_length() {
        assertThat(rejection(Route.END_QUARANTINE, "a1 01 61 ff")).contains("not UTF-8");
        assertThat(rejection(Route.END_QUARANTINE, "a1 01 63 ed a0 80")).contains("not UTF-8");
        assertThat(rejection(Route.END_QUARANTINE, "a1 01 79 01 01" + "61".repeat(257)))
                .isEqualTo("body.reason: longer than 256 characters");
    }

    @Test
    void a_hint_of_a_later_version_is_skipped_in_a_command() {
        assertThat(CommandCodec.decode(
                        Route.COMMIT, Samples.LEASE.toString(), List.of(), hex("a2 01 07 20 63 61 62 63")))
                .isEqualTo(new Decoded.Accepted<>(new Command.Commit(Samples.LEASE, new Epoch(7))));
    }

    @Test
    void a_restriction_of_a_later_version_is_refused_inside_a_requirement_too() {
        Item.Table requirement = (Item.Table) LendingCodec.form(Samples.REQUIREMENT);
        requirement.put(13, 1);
        byte[] body =
                Cbor.encode(new Item.Table().putId(1, 1, 2).put(2, requirement).put(3, 1));

        assertThat(CommandCodec.decode(Route.BORROW, "", List.of(), body))
                .isEqualTo(new Decoded.Rejected<>("body.requirement: key 13 is not known here"));
    }

    @Test
    void what_a_later_version_tells_besides_is_skipped_in_an_answer() {
        Item.Table lease = ((Item.Table) LendingCodec.form(Samples.lease())).put(99, "news");
        byte[] bytes = Cbor.encode(new Item.Table().put(0, 4).put(1, lease).put(7, 7));

        assertThat(AnswerCodec.decode(bytes, RefusalCode.INVALID))
                .isEqualTo(new Decoded.Accepted<>(new Answer.Lease(Samples.lease())));
    }

    @Test
    void elements_of_a_kind_that_a_later_version_added_are_left_out_of_a_list() {
        Item.Table unknown = ((Item.Table) LendingCodec.form(Samples.free())).put(3, 77);
        byte[] bytes = Cbor.encode(
                new Item.Table().put(0, 3).put(1, new Item.Array(List.of(unknown, LendingCodec.form(Samples.held())))));

        assertThat(AnswerCodec.decode(bytes, RefusalCode.INVALID))
                .isEqualTo(new Decoded.Accepted<>(new Answer.Slices(List.of(Samples.held()))));
    }

    @Test
    void a_refusal_with_a_later_code_is_taken_for_what_the_transport_says() {
        byte[] bytes =
                Cbor.encode(new Item.Table().put(0, 1).put(1, 99).put(2, "new").put(3, 0));

        assertThat(AnswerCodec.decode(bytes, RefusalCode.CONFLICT))
                .isEqualTo(new Decoded.Accepted<>(new Answer.Refused(RefusalCode.CONFLICT, "new", 0)));
    }

    @Test
    void an_impossible_value_is_refused_with_its_place() {
        Item.Table lease = ((Item.Table) LendingCodec.form(Samples.lease())).put(10, 10);
        byte[] bytes = Cbor.encode(new Item.Table().put(0, 5).put(1, new Item.Array(List.of(lease))));

        assertThat(AnswerCodec.decode(bytes, RefusalCode.INVALID))
                .isInstanceOfSatisfying(Decoded.Rejected.class, rejected -> assertThat(rejected.reason())
                        .startsWith("answer.leases[0]: "));
    }

    @Test
    void parameters_are_as_strict_as_bodies() {
        assertThat(parameters(Route.READ_EVENTS, "after=041")).contains("query.after");
        assertThat(parameters(Route.READ_EVENTS, "after=-1")).contains("query.after");
        assertThat(parameters(Route.READ_EVENTS, "since=1")).contains("not known at /rw/v1/events");
        assertThat(parameters(Route.READ_EVENTS, "after=1", "after=2")).contains("twice");
        assertThat(parameters(Route.LIST_SLICES, "kind=luck")).contains("query.kind");
        assertThat(parameters(Route.LIST_NODES, "kind=memory")).contains("not known at /rw/v1/nodes");
    }

    private static String parameters(Route route, String... query) {
        return CommandCodec.decode(route, "", List.of(query), new byte[0])
                .fold(command -> "accepted " + command, reason -> reason);
    }

    @Test
    void of_too_many_events_the_first_are_told_and_the_rest_can_be_asked_for() {
        List<EventView> events = java.util.stream.LongStream.rangeClosed(1, 1000)
                .mapToObj(number -> new EventView(number, 0, "k", "s", "t".repeat(256)))
                .toList();

        Answer fitting = AnswerCodec.fitting(new Answer.Events(events, 1000));

        assertThat(AnswerCodec.encode(fitting).length).isLessThanOrEqualTo(AnswerCodec.MAX_BYTES);
        assertThat(fitting).isInstanceOfSatisfying(Answer.Events.class, some -> {
            assertThat(some.newest()).isEqualTo(1000);
            assertThat(some.events())
                    .hasSizeGreaterThan(100)
                    .isEqualTo(events.subList(0, some.events().size()));
        });
    }

    @Test
    void a_rack_of_256_nodes_fits_one_answer() {
        Answer nodes = Samples.nodes(256);

        assertThat(AnswerCodec.fitting(nodes)).isSameAs(nodes);
    }

    @Test
    void a_slice_key_has_its_form_in_commands_too() {
        byte[] body = Cbor.encode(new Item.Table().put(1, "r"));

        assertThat(CommandCodec.decode(Route.END_QUARANTINE, "Not A Key", List.of(), body))
                .isInstanceOf(Decoded.Rejected.class);
        assertThat(Route.find(Optional.of(Route.Method.POST), List.of("rw", "v1", "slices", "k", "end-quarantine")))
                .isEqualTo(new Route.Found(Route.END_QUARANTINE, "k"));
    }
}
