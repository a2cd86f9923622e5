package org.rackweave.protocol.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.protocol.multicast.DatagramCounter.*;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackAuthority;

class DatagramGateTest {
    private static final InetAddress FROM = address(10);
    private static final Class<?>[] NOT_BELIEVED = {GateOutcome.Rejected.class, GateOutcome.OtherGroup.class};

    @TempDir
    static Path directory;

    private static RackAuthority rack;
    private static TestMember self;
    private static TestMember b;
    private static Forger forger;

    private DatagramGate gate;
    private long now = 1_000_000;
    private Instant wall = TestMember.NOW;

    @BeforeAll
    static void makeRack() throws IOException {
        rack = TestMember.rack(directory.resolve("ca"));
        self = TestMember.node(rack, directory.resolve("self"));
        b = TestMember.node(rack, directory.resolve("b"));
        String file = Files.readString(directory.resolve("b/group.key"));
        byte[] key = HexFormat.of().parseHex(file.replaceAll("(?s).*key ([0-9a-f]+)\n", "$1"));
        forger = new Forger(rack.rackId(), key, b.groupKey.id());
    }

    @BeforeEach
    void openGate() {
        b.boot(1);
        gate = new DatagramGate(self.id(), self.identity.trust(), Keyring.of(self.groupKey), now);
    }

    // ---- believed ------------------------------------------------------------------------

    @Test
    void a_hello_introduces_its_sender_and_what_it_says_next_is_believed() {
        assertThat(accepted(b.hello())).isInstanceOfSatisfying(NeighbourMessage.HelloHeard.class, heard -> {
            assertThat(heard.sender()).isEqualTo(new NeighbourMessage.Sender(b.id(), "b", 1, 1, FROM));
            assertThat(heard.hello()).isEqualTo(b.helloPayload());
        });
        assertThat(accepted(b.announce())).isInstanceOfSatisfying(NeighbourMessage.AnnounceHeard.class, heard -> {
            assertThat(heard.sender().sequence()).isEqualTo(2);
            assertThat(heard.announce()).isEqualTo(b.announcePayload());
        });
        assertThat(accepted(b.leave())).isInstanceOf(NeighbourMessage.LeaveHeard.class);
    }

    @Test
    void a_new_incarnation_introduces_itself_and_ends_the_old_one() {
        accept(b.hello());
        byte[] late = b.announce();
        b.boot(2);
        assertThat(accepted(b.hello())).isInstanceOf(NeighbourMessage.HelloHeard.class);
        assertThat(rejection(late)).isEqualTo(OLDER_BOOT_EPOCH);
        assertThat(accepted(b.announce())).isInstanceOf(NeighbourMessage.AnnounceHeard.class);
    }

    @Test
    void a_renewed_delegation_keeps_a_sender_known_and_an_ended_one_does_not() {
        accept(b.hello());
        pass(Duration.ofHours(13));
        b.renewDelegation(wall);
        assertThat(accepted(b.hello())).isInstanceOf(NeighbourMessage.HelloHeard.class);
        pass(Duration.ofHours(13));
        assertThat(accepted(b.announce())).isInstanceOf(NeighbourMessage.AnnounceHeard.class);
        pass(Duration.ofHours(13));
        reject(b.announce(), DELEGATION_EXPIRED);
        reject(b.hello(), DELEGATION_EXPIRED);
        b.renewDelegation(wall);
        assertThat(accepted(b.hello())).isInstanceOf(NeighbourMessage.HelloHeard.class);
    }

    @Test
    void a_wall_clock_that_jumps_makes_no_stranger_of_a_neighbour() {
        accept(b.hello());
        wall = wall.plus(Duration.ofDays(4_000));
        assertThat(accepted(b.announce())).isInstanceOf(NeighbourMessage.AnnounceHeard.class);
        wall = Instant.EPOCH;
        assertThat(accepted(b.hello())).isInstanceOf(NeighbourMessage.HelloHeard.class);
    }

    // ---- a rotation ----------------------------------------------------------------------

    @Test
    void after_a_rotation_both_keys_are_believed_and_then_hellos_alone_under_the_old_one() {
        GroupKey first = self.groupKey;
        GroupKey second = GroupKey.of(2, new byte[GroupKey.KEY_BYTES]);
        accept(b.hello());
        gate.use(new Keyring(first, second, List.of(first, second)));
        assertThat(accepted(b.announce())).isNotNull();
        assertThat(accepted(b.announceUnder(second))).isNotNull();
        gate.use(new Keyring(first, second, List.of(second)));
        otherGroup(b.announce());
        assertThat(accepted(b.announceUnder(second))).isNotNull();
        b.boot(2);
        assertThat(accepted(b.hello()))
                .isInstanceOfSatisfying(NeighbourMessage.HelloHeard.class, heard -> assertThat(heard.seal())
                        .isEqualTo(Hello.Seal.ENTRY));
    }

    @Test
    void who_speaks_under_another_group_key_is_reported_once_a_second_and_the_revoked_never() {
        gate.use(new Keyring(self.groupKey, GroupKey.of(2, new byte[32]), List.of(GroupKey.of(2, new byte[32]))));
        assertThat(otherGroup(b.announce())).isEqualTo(new NeighbourMessage.OtherGroupHeard(b.id(), FROM));
        reject(b.announce(), OTHER_GROUP_EPOCH);
        pass(Duration.ofSeconds(1));
        otherGroup(b.announce());
        pass(Duration.ofSeconds(1));
        gate.ban(b.id());
        reject(b.announce(), BANNED);
    }

    @Test
    void hellos_under_the_entry_key_use_up_nothing_that_hellos_under_the_group_key_need() {
        GroupKey second = GroupKey.of(2, new byte[GroupKey.KEY_BYTES]);
        gate.use(new Keyring(self.groupKey, second, List.of(second)));
        for (int i = 0; i < 1_000; i++) {
            Forger.Victim nobody = new Forger.Victim(new NodeId(7, i), 1, i);
            gate.accept(forger.datagram(nobody, 1, 1, new byte[20], new byte[64]), FROM, now, wall);
        }
        reject(b.hello(), HELLO_TOO_FAST);
        assertThat(accepted(b.helloUnder(second))).isNotNull();
    }

    // ---- not believed: one line for each reason ------------------------------------------

    @Test
    void noise_is_dropped_by_its_form() {
        reject(new byte[0], TOO_SHORT);
        reject(new byte[127], TOO_SHORT);
        reject(new byte[200], NOT_A_FRAME);
        reject(new byte[1_201], TOO_LONG);
    }

    @Test
    void own_datagrams_come_back_and_are_dropped_before_anything_is_computed() {
        reject(self.hello(), OWN);
    }

    @Test
    void a_type_of_a_later_version_is_dropped() {
        accept(b.hello());
        reject(b.seal(200, PayloadCodec.encode(b.announcePayload())), UNKNOWN_TYPE);
    }

    @Test
    void an_announcement_of_an_unknown_sender_is_dropped_and_once_a_second_it_is_worth_a_question() {
        assertThat(accept(b.announce())).isInstanceOf(GateOutcome.Strange.class);
        for (int i = 0; i < 9; i++) {
            reject(b.announce(), UNKNOWN_SENDER);
        }
        now += 1_000;
        assertThat(accept(b.announce())).isInstanceOf(GateOutcome.Strange.class);
    }

    @Test
    void an_outsider_who_makes_up_senders_is_reported_once_a_second_and_never_as_a_stranger() {
        TestMember foreigner = foreignMember("outside");
        otherGroup(foreigner.announce());
        for (int i = 0; i < 100; i++) {
            assertThat(rejection(foreigner.announce())).isEqualTo(OTHER_GROUP_EPOCH);
        }
        assertThat(gate.knownSenders()).isZero();
    }

    @Test
    void another_racks_member_and_another_group_key_end_at_the_seal() {
        TestMember foreigner = foreignMember("foreign");
        otherGroup(foreigner.hello());
        reject(foreigner.hello(), OTHER_GROUP_EPOCH);
        gate = new DatagramGate(
                self.id(),
                self.identity.trust(),
                new Keyring(self.groupKey, self.groupKey, List.of(self.groupKey, foreigner.groupKey)),
                now);
        reject(foreigner.hello(), BAD_SEAL);
        accept(b.hello());
        byte[] damaged = b.announce();
        damaged[damaged.length - 1] ^= 1;
        reject(damaged, BAD_SEAL);
    }

    @Test
    void a_repeat_and_whatever_was_overtaken_is_dropped() {
        byte[] hello = b.hello();
        accept(hello);
        reject(hello, REPEATED);
        byte[] overtaken = b.announce();
        accept(b.announce());
        reject(overtaken, REPEATED);
        reject(hello, REPEATED);
    }

    @Test
    void a_banned_node_is_dropped_before_anything_is_computed() {
        accept(b.hello());
        gate.ban(b.id());
        reject(b.announce(), BANNED);
        b.boot(2);
        reject(b.hello(), BANNED);
    }

    @Test
    void a_second_boot_key_in_one_incarnation_is_dropped_and_the_first_stays() {
        accept(b.hello());
        byte[] fromFirst = b.announce();
        b.boot(1);
        reject(b.hello(), SECOND_BOOT_KEY);
        assertThat(accepted(fromFirst)).isInstanceOf(NeighbourMessage.AnnounceHeard.class);
    }

    @Test
    void a_member_that_signs_for_another_ends_at_the_signature_and_changes_nothing() {
        accept(b.hello());
        Forger.Victim victim =
                new Forger.Victim(b.id(), 1, b.bootKey.delegation().key().id());
        byte[] payload = PayloadCodec.encode(b.announcePayload());
        reject(forger.datagram(victim, Payload.Type.ANNOUNCE.code(), 100, payload, new byte[64]), BAD_SIGNATURE);
        assertThat(accepted(b.announce())).as("sequence 2 is still new").isNotNull();
    }

    @Test
    void a_hello_forged_around_somebodys_true_certificate_and_delegation_ends_at_the_signature() {
        Forger.Victim victim =
                new Forger.Victim(b.id(), 1, b.bootKey.delegation().key().id());
        byte[] payload = PayloadCodec.encode(b.helloPayload());
        reject(forger.datagram(victim, Payload.Type.HELLO.code(), 100, payload, new byte[64]), BAD_SIGNATURE);
        assertThat(gate.knownSenders()).isZero();
    }

    @Test
    void a_hello_with_somebody_elses_papers_is_dropped() {
        TestMember c = TestMember.node(rack, directory.resolve("c-papers"));
        byte[] payload = PayloadCodec.encode(
                new Hello(b.id(), 1, 5_684, c.certificateDer(), c.bootKey.delegationBytes(), Hello.Purpose.TELL));
        reject(b.seal(Payload.Type.HELLO.code(), payload), CONTRADICTS_SENDER);
        byte[] mixed = PayloadCodec.encode(
                new Hello(b.id(), 1, 5_684, b.certificateDer(), c.bootKey.delegationBytes(), Hello.Purpose.TELL));
        reject(b.seal(Payload.Type.HELLO.code(), mixed), BAD_DELEGATION);
    }

    @Test
    void a_certificate_that_is_no_nodes_or_is_out_of_its_time_is_dropped() {
        TestMember operator = TestMember.operator(rack, directory.resolve("op"), b.groupKey);
        reject(operator.hello(), BAD_CERTIFICATE);
        wall = wall.plus(Duration.ofDays(4_000));
        reject(b.hello(), BAD_CERTIFICATE);
        wall = TestMember.NOW.plus(Duration.ofHours(26));
        reject(b.hello(), DELEGATION_EXPIRED);
        assertThat(gate.knownSenders()).isZero();
    }

    @Test
    void a_signed_payload_that_is_malformed_or_in_anothers_name_is_dropped_and_its_sequence_is_spent() {
        accept(b.hello());
        reject(b.seal(Payload.Type.ANNOUNCE.code(), new byte[] {(byte) 0xa0}), MALFORMED_PAYLOAD);
        Announce inAnothersName = new Announce(self.id(), 1, 1, 0, 1_000, 5_684, Offering.NOTHING);
        byte[] contradicting = b.seal(inAnothersName);
        reject(contradicting, CONTRADICTS_SENDER);
        reject(contradicting, REPEATED);
    }

    // ---- budgets -------------------------------------------------------------------------

    @Test
    void a_sender_that_floods_is_cut_off_and_others_are_heard() {
        TestMember c = TestMember.node(rack, directory.resolve("c-flood"));
        accept(b.hello());
        accept(c.hello());
        Map<DatagramCounter, Integer> counts = new EnumMap<>(DatagramCounter.class);
        for (int i = 0; i < 300; i++) {
            counts.merge(counterOf(accept(b.announce())), 1, Integer::sum);
        }
        assertThat(counts.get(ACCEPTED_ANNOUNCE)).isEqualTo(ProtocolLimits.SENDER_RATE.burst());
        assertThat(counts.get(SOURCE_TOO_FAST)).isEqualTo(300 - ProtocolLimits.SENDER_RATE.burst());
        assertThat(accepted(c.announce())).isNotNull();
        now += 1_000;
        assertThat(accepted(b.announce())).isNotNull();
    }

    @Test
    void an_insider_who_names_a_victim_from_another_address_does_not_use_up_the_victims_tokens() {
        accept(b.hello());
        Forger.Victim victim =
                new Forger.Victim(b.id(), 1, b.bootKey.delegation().key().id());
        byte[] payload = PayloadCodec.encode(b.announcePayload());
        for (int i = 0; i < 300; i++) {
            byte[] forged = forger.datagram(victim, Payload.Type.ANNOUNCE.code(), 100, payload, new byte[64]);
            gate.accept(forged, address(66), now, wall);
        }
        assertThat(accepted(b.announce())).isNotNull();
    }

    @Test
    void signatures_are_checked_up_to_a_budget_and_the_table_of_sources_stays_in_its_limit() {
        accept(b.hello());
        Forger.Victim victim =
                new Forger.Victim(b.id(), 1, b.bootKey.delegation().key().id());
        byte[] payload = PayloadCodec.encode(b.announcePayload());
        byte[] forged = forger.datagram(victim, Payload.Type.ANNOUNCE.code(), 100, payload, new byte[64]);
        Map<DatagramCounter, Integer> counts = new EnumMap<>(DatagramCounter.class);
        for (int i = 0; i < 20_000; i++) {
            counts.merge(counterOf(gate.accept(forged, address(i), now, wall)), 1, Integer::sum);
        }
        assertThat(counts.get(BAD_SIGNATURE)).isEqualTo(ProtocolLimits.VERIFY_RATE.burst());
        assertThat(counts).containsOnlyKeys(BAD_SIGNATURE, VERIFY_BUDGET_SPENT, SOURCE_TOO_FAST);
        assertThat(gate.sources()).isLessThanOrEqualTo(ProtocolLimits.MAX_SOURCES + 1);
        now += 60_000;
        assertThat(accepted(b.announce())).isNotNull();
    }

    @Test
    void hellos_of_unknown_senders_are_checked_up_to_a_budget() {
        int checked = 0;
        for (int i = 0; i < 300; i++) {
            Forger.Victim madeUp = new Forger.Victim(new NodeId(7, i), 1, i);
            byte[] payload = PayloadCodec.encode(b.helloPayload());
            byte[] forged = forger.datagram(madeUp, Payload.Type.HELLO.code(), 100, payload, new byte[64]);
            checked += counterOf(accept(forged)) == HELLO_TOO_FAST ? 0 : 1;
        }
        assertThat(checked).isEqualTo(ProtocolLimits.HELLO_RATE.burst());
        now += 1_000;
        assertThat(accepted(b.hello())).isNotNull();
    }

    @Test
    void a_full_table_refuses_newcomers_and_keeps_those_it_knows() {
        gate = new DatagramGate(self.id(), self.identity.trust(), Keyring.of(self.groupKey), now, 2);
        TestMember c = TestMember.node(rack, directory.resolve("c-full"));
        TestMember d = TestMember.node(rack, directory.resolve("d-full"));
        accept(b.hello());
        accept(c.hello());
        reject(d.hello(), TABLE_FULL);
        assertThat(accepted(b.announce())).isNotNull();
        b.boot(2);
        assertThat(accepted(b.hello()))
                .as("a new incarnation takes the place of the old")
                .isNotNull();
        pass(Duration.ofHours(26));
        d.renewDelegation(wall);
        assertThat(accepted(d.hello()))
                .as("an ended delegation gives its place away")
                .isNotNull();
        assertThat(gate.knownSenders()).isEqualTo(1);
    }

    // ---- damage --------------------------------------------------------------------------

    @Test
    void a_hundred_thousand_damaged_and_random_datagrams_throw_nothing_and_change_nothing() {
        accept(b.hello());
        byte[][] good = {b.hello(), b.announce(), b.leave()};
        SplittableRandom random = new SplittableRandom(5_257);
        int known = gate.knownSenders();
        int sources = gate.sources();
        for (int i = 0; i < 100_000; i++) {
            byte[] bad = Damage.of(good[random.nextInt(good.length)], random);
            if (Arrays.stream(good).anyMatch(each -> Arrays.equals(each, bad))) {
                continue;
            }
            GateOutcome outcome = gate.accept(bad, address(random.nextInt(5_000)), ++now, wall);
            assertThat(outcome).as(() -> HexFormat.of().formatHex(bad)).isInstanceOfAny(NOT_BELIEVED);
        }
        assertThat(gate.knownSenders()).isEqualTo(known);
        assertThat(gate.sources()).isEqualTo(sources);
        for (byte[] datagram : good) {
            assertThat(accepted(datagram)).isNotNull();
        }
    }

    @Test
    void every_bit_of_a_datagram_counts() {
        accept(b.hello());
        byte[] good = b.announce();
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            now += 200;
            assertThat(accept(bad)).as("bit %d", bit).isInstanceOfAny(NOT_BELIEVED);
        }
        for (int length = 0; length < good.length; length++) {
            assertThat(accept(Arrays.copyOf(good, length))).isInstanceOf(GateOutcome.Rejected.class);
        }
        assertThat(accepted(good)).isNotNull();
    }

    // ---- telling it ----------------------------------------------------------------------

    private static TestMember foreignMember(String name) {
        RackAuthority other = TestMember.rack(directory.resolve(name + "-ca"));
        return TestMember.node(other, directory.resolve(name));
    }

    private GateOutcome accept(byte[] datagram) {
        return gate.accept(datagram, FROM, now, wall);
    }

    private NeighbourMessage accepted(byte[] datagram) {
        GateOutcome outcome = accept(datagram);
        assertThat(outcome).isInstanceOf(GateOutcome.Accepted.class);
        return ((GateOutcome.Accepted) outcome).message();
    }

    private DatagramCounter rejection(byte[] datagram) {
        return counterOf(accept(datagram));
    }

    private void reject(byte[] datagram, DatagramCounter reason) {
        // A stranger is reported once a second; what is asked here is why it is not believed.
        assertThat(rejection(datagram)).isIn(reason, STRANGERS_REPORTED);
        assertThat(rejection(datagram)).isIn(reason, REPEATED);
    }

    private static DatagramCounter counterOf(GateOutcome outcome) {
        if (outcome instanceof GateOutcome.Rejected rejected) {
            return rejected.reason();
        }
        if (outcome instanceof GateOutcome.OtherGroup) {
            return OTHER_GROUP_EPOCH;
        }
        return outcome instanceof GateOutcome.Accepted accepted ? accepted.counter() : STRANGERS_REPORTED;
    }

    private void pass(Duration time) {
        now += time.toMillis();
        wall = wall.plus(time);
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private NeighbourMessage.OtherGroupHeard otherGroup(byte[] datagram) {
        return ((GateOutcome.OtherGroup) gate.accept(datagram, FROM, now, wall)).message();
    }
}
