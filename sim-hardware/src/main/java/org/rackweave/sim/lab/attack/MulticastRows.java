package org.rackweave.sim.lab.attack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.multicast.Hello;
import org.rackweave.protocol.multicast.PayloadCodec;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.adversary.Eavesdropper;

/** What can be done with datagrams. */
final class MulticastRows {
    private static final String OUTSIDER = "outsider";
    private static final String ON_THE_WIRE = "outsider who hears the wire";
    private static final String KEY_HOLDER = "holder of the group key, without a node's key";
    private static final String MEMBER = "a node of the rack";

    /** Of a hundred datagrams, how many surely come so far: a busy machine's kernel loses some, and a slow flood is none in part. */
    private static final int ARRIVING_PERCENT = 10;

    private static final int NOISE = 1_000;
    private static final int NOISE_BYTES = 1_500;
    private static final int REPEATS = 100;
    private static final int FLOOD = 2_000;
    private static final int FORGERIES = 50;
    private static final int HELLO = 1;
    private static final int ANNOUNCE = 2;
    private static final int UNKNOWN_TYPE = 200;

    /** Every reason for which a datagram is not believed that an outsider's damage can lead to. */
    private static final String[] DAMAGED = {
        "too_short",
        "too_long",
        "not_a_frame",
        "unknown_type",
        "unknown_sender",
        "other_group_epoch",
        "bad_seal",
        "older_boot_epoch",
        "repeated"
    };

    private MulticastRows() {}

    static List<Row> all() {
        return List.of(
                new Row("noise", OUTSIDER, "not_a_frame, too_short or too_long", MulticastRows::noise),
                new Row("truncated", ON_THE_WIRE, "a datagram cut at every byte is counted", MulticastRows::truncated),
                new Row("bit-flips", ON_THE_WIRE, "a bit changed in every byte is counted", MulticastRows::bitFlips),
                new Row("replay", ON_THE_WIRE, "repeated", MulticastRows::replay),
                new Row("late-replay", ON_THE_WIRE, "repeated, after newer ones", MulticastRows::lateReplay),
                new Row(
                        "other-rack",
                        "a node of another rack",
                        "other_group_epoch, unknown_sender",
                        MulticastRows::otherRack),
                new Row("stolen-group-key", KEY_HOLDER, "bad_certificate", MulticastRows::stolenGroupKey),
                new Row("quoted-key-id", KEY_HOLDER, "bad_signature", MulticastRows::quotedKeyId),
                new Row("in-another's-name", MEMBER, "contradicts_sender", MulticastRows::inAnothersName),
                new Row("cbor-bombs", MEMBER, "malformed_payload, each", MulticastRows::bombs),
                new Row("unknown-type", MEMBER, "unknown_type", MulticastRows::unknownType),
                new Row("older-incarnation", MEMBER, "older_boot_epoch", MulticastRows::olderIncarnation),
                new Row("second-boot-key", MEMBER, "second_boot_key", MulticastRows::secondBootKey),
                new Row("flood", MEMBER, "source_too_fast; no neighbour is lost", MulticastRows::flood));
    }

    private static Row.Outcome noise(Ground ground) throws LabFailure {
        List<byte[]> datagrams = new ArrayList<>();
        for (int i = 0; i < NOISE; i++) {
            byte[] bytes = new byte[1 + ground.noise().nextInt(NOISE_BYTES)];
            ground.noise().nextBytes(bytes);
            datagrams.add(bytes);
        }
        return counted(ground, datagrams, "too_short", "too_long", "not_a_frame");
    }

    private static Row.Outcome truncated(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] genuine = ground.overheard(air);
            List<byte[]> cut = new ArrayList<>();
            for (int length = 1; length < genuine.length; length++) {
                cut.add(Arrays.copyOf(genuine, length));
            }
            return counted(ground, cut, DAMAGED);
        }
    }

    private static Row.Outcome bitFlips(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] genuine = ground.overheard(air);
            List<byte[]> changed = new ArrayList<>();
            for (int at = 0; at < genuine.length; at++) {
                byte[] bytes = genuine.clone();
                bytes[at] ^= (byte) (1 << ground.noise().nextInt(Byte.SIZE));
                changed.add(bytes);
            }
            return counted(ground, changed, DAMAGED);
        }
    }

    private static Row.Outcome replay(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] genuine = ground.overheard(air);
            List<byte[]> again = new ArrayList<>();
            for (int i = 0; i < REPEATS; i++) {
                again.add(genuine);
            }
            return counted(ground, again, "repeated");
        }
    }

    private static Row.Outcome lateReplay(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] early = ground.overheard(air);
            byte[] newer = ground.overheard(air);
            if (Arrays.equals(early, newer)) {
                throw new LabFailure("the neighbour said the same twice");
            }
            return counted(ground, List.of(early, early, early), "repeated");
        }
    }

    private static Row.Outcome otherRack(Ground ground) throws LabFailure {
        Insider stranger = ground.strangersCard();
        return countedEach(
                ground,
                List.of(stranger.hello(), stranger.announce(stranger.id())),
                "other_group_epoch",
                "unknown_sender");
    }

    /** A hello that is sealed as any member's, with the certificate of another authority in it. */
    private static Row.Outcome stolenGroupKey(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] genuine = keyId(ground, ground.overheard(air));
            Hello hello = ground.strangersCard().helloPayload();
            byte[] keyId = keyIdOf(hello.node(), hello.bootEpoch(), genuine);
            byte[] inside = ForgedSeal.unsigned(PayloadCodec.encode(hello), (byte) 1);
            return counted(ground, List.of(ground.forger().seal(keyId, HELLO, 1, inside)), "bad_certificate");
        }
    }

    /** In a neighbour's name, under its boot key's id, with a signature that it never made. */
    private static Row.Outcome quotedKeyId(Ground ground) throws LabFailure {
        try (Eavesdropper air = ground.listen()) {
            byte[] keyId = keyId(ground, ground.overheard(air));
            ForgedSeal forger = ground.forger();
            List<byte[]> forged = new ArrayList<>();
            for (int i = 0; i < FORGERIES; i++) {
                byte[] inside = ForgedSeal.unsigned(new byte[64], (byte) i);
                forged.add(forger.seal(keyId, ANNOUNCE, Long.MAX_VALUE - i, inside));
            }
            return counted(ground, forged, "bad_signature")
                    .and(stillHeard(ground, "the neighbour whose highest sequence was claimed is heard on"));
        }
    }

    private static Row.Outcome stillHeard(Ground ground, String what) throws LabFailure {
        Map<String, Long> before = ground.victim().counters();
        return new Row.Outcome(
                ground.victim().counted(before, 2, "accepted_announce").asExpected(), what);
    }

    private static Row.Outcome inAnothersName(Ground ground) throws LabFailure {
        Insider insider = ground.insider();
        ground.introduce(insider);
        return countedEach(ground, List.of(insider.announce(ground.neighbours().get(0))), "contradicts_sender");
    }

    private static Row.Outcome bombs(Ground ground) throws LabFailure {
        Insider insider = ground.insider();
        ground.introduce(insider);
        List<byte[]> sealed = new ArrayList<>();
        for (byte[] bomb : CborBombs.all()) {
            sealed.add(insider.sealed(ANNOUNCE, bomb));
        }
        return countedEach(ground, sealed, "malformed_payload");
    }

    private static Row.Outcome unknownType(Ground ground) throws LabFailure {
        Insider insider = ground.insider();
        return countedEach(ground, List.of(insider.sealed(UNKNOWN_TYPE, new byte[64])), "unknown_type");
    }

    private static Row.Outcome olderIncarnation(Ground ground) throws LabFailure {
        Insider before = ground.insider();
        Insider after = ground.insider();
        ground.introduce(after);
        return countedEach(ground, List.of(before.hello(), before.announce(before.id())), "older_boot_epoch");
    }

    private static Row.Outcome secondBootKey(Ground ground) throws LabFailure {
        Insider first = ground.insider();
        Insider second = ground.insiderAgain();
        ground.introduce(first);
        return countedEach(ground, List.of(second.hello()), "second_boot_key");
    }

    private static Row.Outcome flood(Ground ground) throws LabFailure {
        Insider insider = ground.insider();
        ground.introduce(insider);
        List<byte[]> flood = new ArrayList<>();
        for (int i = 0; i < FLOOD; i++) {
            flood.add(insider.announce(insider.id()));
        }
        return counted(ground, flood, "source_too_fast");
    }

    // ---- the form of an attack -------------------------------------------------------------------------------------

    /** Sends many, and looks whether most of them are counted as that. */
    private static Row.Outcome counted(Ground ground, List<byte[]> datagrams, String... names) throws LabFailure {
        return sent(ground, datagrams, Math.max(1, datagrams.size() * ARRIVING_PERCENT / 100), names);
    }

    private static Row.Outcome countedEach(Ground ground, List<byte[]> datagrams, String... names) throws LabFailure {
        return sent(ground, datagrams, datagrams.size(), names);
    }

    private static Row.Outcome sent(Ground ground, List<byte[]> datagrams, long atLeast, String... names)
            throws LabFailure {
        Map<String, Long> before = ground.victim().counters();
        ground.send(datagrams);
        Row.Outcome counted = ground.victim().counted(before, atLeast, names);
        return new Row.Outcome(counted.asExpected(), datagrams.size() + " sent, " + counted.seen());
    }

    private static byte[] keyId(Ground ground, byte[] datagram) throws LabFailure {
        return ground.keyIdIn(datagram).orElseThrow(() -> new LabFailure("a datagram without its sender's key id"));
    }

    /** Somebody's name and incarnation, a boot key id that nobody has, and the group epoch of a genuine datagram. */
    private static byte[] keyIdOf(NodeId node, long bootEpoch, byte[] genuine) {
        return ByteBuffer.wrap(genuine.clone())
                .put(node.bytes())
                .putInt((int) bootEpoch)
                .putLong(bootEpoch)
                .array();
    }
}
