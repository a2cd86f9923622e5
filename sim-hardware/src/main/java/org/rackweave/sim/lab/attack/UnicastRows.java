package org.rackweave.sim.lab.attack;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rackweave.crypto.Identity;
import org.rackweave.protocol.coap.UnicastClient;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LeaseId;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.adversary.DtlsVisitor;

/** What can be done with DTLS, CoAP and commands. */
final class UnicastRows {
    private static final String MEMBER = "a node of the rack";
    private static final String AUDITOR = "an auditor of the rack";
    private static final int FLOOD = 3_000;
    private static final int FLOODERS = 8;

    /** Of a flood without pauses; what the victim's kernel has no room for costs it nothing. */
    private static final int SURELY_ARRIVING = 64;

    private static final int HELLO_BYTES = 2_048;
    private static final int HELLO_MILLIS = 5_000;
    private static final long TERM_MILLIS = 60_000;

    private static final int CRITICAL_UNKNOWN = 65_001;
    private static final int PROXY_URI = 35;
    private static final int CONTENT_FORMAT = 12;
    private static final int ACCEPT = 17;
    private static final int BLOCK1 = 27;
    private static final byte TEXT_PLAIN = 0;
    private static final byte CBOR = 60;
    private static final int BODY_BYTES = 512;

    private UnicastRows() {}

    static List<Row> all() {
        return List.of(
                new Row("no-certificate", "outsider", "no session", UnicastRows::noCertificate),
                new Row(
                        "foreign-certificate",
                        "a node of another rack",
                        "no session, certificate_untrusted",
                        UnicastRows::foreignCertificate),
                new Row(
                        "half-open",
                        "outsider",
                        "openings beyond a rate are dropped; the operator is served meanwhile",
                        UnicastRows::halfOpen),
                new Row("records-of-noise", "outsider", "silence; the operator is served", UnicastRows::noise),
                new Row("wrong-role", AUDITOR, "denied: every command that changes something", UnicastRows::wrongRole),
                new Row(
                        "card-without-user",
                        MEMBER,
                        "denied: what operators do, and what only this card does and reads here",
                        UnicastRows::cardWithoutUser),
                new Row("coap", AUDITOR, "each wrong thing has its code, none ends the session", UnicastRows::coap),
                new Row(
                        "revoked",
                        "a node that was revoked",
                        "its session ends, none is made again, its datagrams are banned",
                        UnicastRows::revoked));
    }

    private static Row.Outcome noCertificate(Ground ground) throws LabFailure {
        return knock(ground, Optional.empty(), "unicast_handshake_failed");
    }

    private static Row.Outcome foreignCertificate(Ground ground) throws LabFailure {
        return knock(ground, Optional.of(ground.stranger()), "unicast_certificate_untrusted");
    }

    private static Row.Outcome knock(Ground ground, Optional<Identity> who, String counter) throws LabFailure {
        Map<String, Long> before = ground.victim().counters();
        try {
            DtlsVisitor.Reception reception =
                    DtlsVisitor.knock(who, ground.victim().address());
            return new Row.Outcome(!reception.outcome().equals("admitted"), reception.outcome())
                    .and(ground.victim().counted(before, 1, counter));
        } catch (IOException e) {
            throw LabFailure.because(e);
        }
    }

    /** Many openings of a handshake, none of which goes on. */
    private static Row.Outcome halfOpen(Ground ground) throws LabFailure {
        Map<String, Long> before = ground.victim().counters();
        byte[] hello = openingOfAHandshake();
        shoot(ground, List.of(hello));
        Row.Outcome limited = ground.victim().counted(before, SURELY_ARRIVING, "unicast_hello_limited");
        return new Row.Outcome(limited.asExpected(), FLOOD + " openings, " + limited.seen()).and(served(ground));
    }

    private static Row.Outcome noise(Ground ground) throws LabFailure {
        List<byte[]> records = new ArrayList<>();
        byte[] hello = openingOfAHandshake();
        for (int i = 0; i < hello.length; i++) {
            byte[] changed = hello.clone();
            changed[i] ^= (byte) (1 << ground.noise().nextInt(Byte.SIZE));
            records.add(changed);
            records.add(Arrays.copyOf(hello, i));
        }
        shoot(ground, records);
        return served(ground);
    }

    private static void shoot(Ground ground, List<byte[]> packets) throws LabFailure {
        InetSocketAddress victim = ground.victim().address();
        for (int flooder = 0; flooder < FLOODERS; flooder++) {
            try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(victim.getAddress(), 0))) {
                for (int i = 0; i < FLOOD / FLOODERS; i++) {
                    byte[] packet = packets.get(i % packets.size());
                    socket.send(new DatagramPacket(packet, packet.length, victim));
                }
            } catch (IOException e) {
                throw LabFailure.because(e);
            }
        }
    }

    /** What a client says first, caught by a socket that does not answer. */
    private static byte[] openingOfAHandshake() throws LabFailure {
        try (DatagramSocket deaf = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DtlsVisitor visitor = DtlsVisitor.open(
                        Optional.empty(), new InetSocketAddress(deaf.getLocalAddress(), deaf.getLocalPort()))) {
            deaf.setSoTimeout(HELLO_MILLIS);
            visitor.begin();
            DatagramPacket packet = new DatagramPacket(new byte[HELLO_BYTES], HELLO_BYTES);
            deaf.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        } catch (IOException e) {
            throw LabFailure.because(e);
        }
    }

    private static Row.Outcome served(Ground ground) throws LabFailure {
        boolean isServed = ground.victim().ask(new Command.Describe()) instanceof Answer.Description;
        return new Row.Outcome(isServed, "the operator is " + (isServed ? "" : "not ") + "served");
    }

    private static Row.Outcome wrongRole(Ground ground) throws LabFailure {
        return denied(
                ground,
                ground.auditor(),
                List.of(
                        reserve(),
                        new Command.Commit(LEASE, new Epoch(1)),
                        new Command.Release(LEASE, new Epoch(1)),
                        new Command.Revoke(LEASE, 0, "attack"),
                        new Command.EndQuarantine("mem0", "attack"),
                        new Command.ReleaseLoan(LOAN)));
    }

    private static Row.Outcome cardWithoutUser(Ground ground) throws LabFailure {
        return denied(
                ground,
                ground.insiderIdentity(),
                List.of(
                        new Command.Revoke(LEASE, 0, "attack"),
                        new Command.EndQuarantine("mem0", "attack"),
                        new Command.ReleaseLoan(LOAN),
                        new Command.ListLoans(),
                        new Command.ReadEvents(0),
                        new Command.ReadCounters()));
    }

    private static final LeaseId LEASE = new LeaseId(1, 1);
    private static final LoanId LOAN = new LoanId(1, 1);

    private static Command reserve() {
        return new Command.Reserve(LEASE, LOAN, "mem0", TERM_MILLIS, 4, ForcedEndEffect.TOLERATED);
    }

    private static Row.Outcome denied(Ground ground, Identity who, List<Command> commands) throws LabFailure {
        try {
            UnicastClient client = UnicastClient.open(who, InstantSource.system());
            try {
                List<String> notDenied = new ArrayList<>();
                for (Command command : commands) {
                    Answer answer = ground.victim().ask(client, command);
                    if (!(answer instanceof Answer.Refused refused) || refused.code() != RefusalCode.DENIED) {
                        notDenied.add(command.kind() + ": " + answer);
                    }
                }
                return new Row.Outcome(
                        notDenied.isEmpty(),
                        notDenied.isEmpty() ? commands.size() + " commands denied" : String.join("; ", notDenied));
            } finally {
                client.close();
            }
        } catch (IOException e) {
            throw LabFailure.because(e);
        }
    }

    /** A wrong request, and the code that it has to be answered with. */
    private record Wrong(String what, RawCoap request, String code) {}

    private static List<Wrong> wrongRequests(Ground ground) {
        byte[] random = new byte[BODY_BYTES];
        ground.noise().nextBytes(random);
        return List.of(
                new Wrong("DELETE of a path that can be read", new RawCoap(RawCoap.DELETE, "rw/v1/node"), "4.05"),
                new Wrong("FETCH", new RawCoap(RawCoap.FETCH, "rw/v1/node"), "4.05"),
                new Wrong("another version", new RawCoap(RawCoap.GET, "rw/v9/node"), "4.04"),
                new Wrong("no path of ours", new RawCoap(RawCoap.GET, "admin/shell"), "4.04"),
                new Wrong(
                        "a critical option that nobody knows",
                        new RawCoap(RawCoap.GET, "rw/v1/node").option(CRITICAL_UNKNOWN, (byte) 1),
                        "4.02"),
                new Wrong(
                        "as a proxy",
                        new RawCoap(RawCoap.GET, "rw/v1/node").option(PROXY_URI, (byte) 'c', (byte) ':'),
                        "5.05"),
                new Wrong(
                        "text",
                        new RawCoap(RawCoap.POST, "rw/v1/leases")
                                .option(CONTENT_FORMAT, TEXT_PLAIN)
                                .payload(random),
                        "4.15"),
                new Wrong("text wanted", new RawCoap(RawCoap.GET, "rw/v1/node").option(ACCEPT, TEXT_PLAIN), "4.06"),
                new Wrong(
                        "a body of noise",
                        new RawCoap(RawCoap.POST, "rw/v1/leases")
                                .option(CONTENT_FORMAT, CBOR)
                                .payload(random),
                        "4.00"),
                new Wrong(
                        "the 60,000th block of a body",
                        new RawCoap(RawCoap.POST, "rw/v1/leases")
                                .option(CONTENT_FORMAT, CBOR)
                                .option(BLOCK1, (byte) 0x0e, (byte) 0xa6, (byte) 0x0d)
                                .payload(random),
                        "4.08"));
    }

    private static Row.Outcome coap(Ground ground) throws LabFailure {
        List<String> otherwise = new ArrayList<>();
        List<Wrong> requests = wrongRequests(ground);
        try (DtlsVisitor session =
                DtlsVisitor.open(Optional.of(ground.auditor()), ground.victim().address())) {
            int messageId = 1;
            for (Wrong wrong : requests) {
                session.send(wrong.request.bytes(messageId++));
                String code = session.answer().map(RawCoap::codeOf).orElse("nothing");
                if (!code.equals(wrong.code)) {
                    otherwise.add(wrong.what + ": " + code + " instead of " + wrong.code);
                }
            }
            for (int length = 0; length < 8; length++) {
                session.send(Arrays.copyOf(new byte[] {0x48, 1, 0, 9, -1, -1, -1, -1}, length));
            }
            session.send(new RawCoap(RawCoap.GET, "rw/v1/node").bytes(messageId));
            Optional<byte[]> answer = session.answer();
            while (answer.isPresent() && !RawCoap.codeOf(answer.get()).equals("2.05")) {
                answer = session.answer();
            }
            if (answer.isEmpty()) {
                otherwise.add("afterwards a right request has no answer");
            }
        } catch (IOException e) {
            throw LabFailure.because(e);
        }
        return new Row.Outcome(
                otherwise.isEmpty(),
                otherwise.isEmpty() ? requests.size() + " codes as expected" : String.join("; ", otherwise));
    }

    private static Row.Outcome revoked(Ground ground) throws LabFailure {
        Insider insider = ground.insider();
        ground.introduce(insider);
        Answer installed = ground.victim().ask(new Command.InstallRevocations(Carried.of(ground.revokeInsider())));
        if (!(installed instanceof Answer.Done)) {
            throw new LabFailure("the victim does not take the list: " + installed);
        }
        Map<String, Long> before = ground.victim().counters();
        ground.send(List.of(insider.announce(insider.id()), insider.hello()));
        return ground.victim()
                .counted(before, 2, "banned")
                .and(knock(ground, Optional.of(ground.insiderIdentity()), "unicast_certificate_untrusted"));
    }
}
