package org.rackweave.sim.switchtec;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.rackweave.hal.switchtec.wire.Decoded;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.EthernetHeader.Packet;
import org.rackweave.hal.switchtec.wire.GasRead;
import org.rackweave.hal.switchtec.wire.GasWrite;
import org.rackweave.hal.switchtec.wire.MrpcCodec;
import org.rackweave.hal.switchtec.wire.MrpcCommand;
import org.rackweave.hal.switchtec.wire.MrpcError;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.hal.switchtec.wire.PaxId;
import org.rackweave.hal.switchtec.wire.SwitchEvent;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;
import org.rackweave.sim.interposer.DurableText;
import org.rackweave.sim.switchtec.SwitchtecModel.Ending;

/**
 * A simulated switch behind a TCP port: several clients at a time, one command at a time. What a client says that is not the protocol ends
 * its connection, and only that.
 */
public final class SwitchtecServer implements AutoCloseable {
    /** Connections at a time. Microchip's program takes two each. */
    static final int MAX_CONNECTIONS = 32;

    private static final int FIRMWARE_VERSION = 0x04040500;
    private static final int DEVICE_VERSION = 0;

    private final SwitchtecModel model;
    private final SwitchtecFaults faults;
    private final Optional<Path> stateFile;
    private final ByteBuffer addressSpace = ByteBuffer.allocate(GasRead.SPACE_BYTES);
    private final EventRegisters events;
    private final Set<EventTeller> tellers = ConcurrentHashMap.newKeySet();
    private final ServerSocket listening = new ServerSocket();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private SwitchtecServer(SwitchtecConfig config, SwitchtecFaults faults, Optional<Path> stateFile)
            throws IOException {
        this.model = new SwitchtecModel(config);
        this.faults = faults;
        this.stateFile = stateFile;
        new SwitchIdentity(config.product().deviceId(), DEVICE_VERSION, FIRMWARE_VERSION, config.partitions(), 0)
                .write(addressSpace);
        this.events = new EventRegisters(addressSpace, config.partitions());
        events.show(model);
    }

    /**
     * Starts a switch.
     *
     * @param config what it is; how it stands when nothing is saved
     * @param stateFile where it keeps how it stands; what is saved there goes before {@code config}
     * @throws IOException when the address cannot be had, or what is saved cannot be read or understood
     */
    static SwitchtecServer start(
            InetSocketAddress address, SwitchtecConfig config, SwitchtecFaults faults, Optional<Path> stateFile)
            throws IOException {
        SwitchtecServer server =
                new SwitchtecServer(stateFile.isPresent() ? saved(stateFile.get(), config) : config, faults, stateFile);
        server.listening.setReuseAddress(true);
        server.listening.bind(address);
        daemon(server::accept).start();
        return server;
    }

    /**
     * The same, from what a file of {@code --config} says, without faults.
     *
     * @throws IOException also when the text cannot be understood; the message says which line
     */
    public static SwitchtecServer start(InetSocketAddress address, String config, Path stateFile) throws IOException {
        try {
            return start(
                    address,
                    SwitchtecConfig.parse(config),
                    new SwitchtecFaults(Optional.empty()),
                    Optional.of(stateFile));
        } catch (IllegalArgumentException wrong) {
            throw new IOException("the switch: " + wrong.getMessage(), wrong);
        }
    }

    /** What is behind a physical port loses its power, or is pulled out. */
    public void unplug(int port) {
        synchronized (model) {
            model.unplug(port);
            tellWhatHappened();
        }
    }

    /** It is there again. */
    public void plug(int port) {
        synchronized (model) {
            model.plug(port);
            tellWhatHappened();
        }
    }

    /** The link of a port goes down and up again, so often. */
    void flap(int port, long times) {
        synchronized (model) {
            tellIf(events.occur(SwitchEvent.LINK_STATE, model.functions().indexOf(port), times));
        }
    }

    private void tellWhatHappened() {
        events.show(model);
        boolean isNews = false;
        for (SwitchtecModel.Happening each : model.takeHappenings()) {
            int index = each.event().scope() == SwitchEvent.Scope.FUNCTION
                    ? model.functions().indexOf(each.of())
                    : each.of();
            isNews |= events.occur(each.event(), index, 1) == EventRegisters.News.TO_TELL;
        }
        tellIf(isNews ? EventRegisters.News.TO_TELL : EventRegisters.News.NONE);
    }

    private void tellIf(EventRegisters.News news) {
        if (news == EventRegisters.News.TO_TELL) {
            tellers.forEach(EventTeller::tell);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    /** How the switch stands now. */
    SwitchtecConfig config() {
        synchronized (model) {
            model.settle(nowMillis());
            return model.config();
        }
    }

    /** When it returns, nothing more is done or kept. */
    @Override
    public void close() throws IOException {
        synchronized (model) {
            listening.close();
        }
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private static SwitchtecConfig saved(Path file, SwitchtecConfig otherwise) throws IOException {
        if (!Files.exists(file)) {
            return otherwise;
        }
        try {
            return SwitchtecConfig.parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException wrong) {
            throw new IOException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "switchtec");
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.add(socket);
                // A connection can still be taken while the switch is being closed, and then nobody else would end it.
                if (listening.isClosed() || connections.size() > MAX_CONNECTIONS) {
                    connections.remove(socket);
                    socket.close();
                    continue;
                }
                daemon(() -> serve(socket)).start();
            } catch (IOException closed) {
                // Closed on purpose, or one connection was gone before it was taken: the loop's condition tells.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                EventTeller teller = new EventTeller(socket)) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            boolean isOpen = false;
            while (true) {
                EthernetHeader header = header(in);
                byte[] body = new byte[header.bodyBytes()];
                in.readFully(body);
                if (!isOpen && header.packet() != Packet.OPEN) {
                    return;
                }
                isOpen = true;
                Optional<byte[]> answer = answer(header, body);
                if (answer.isEmpty()) {
                    return;
                }
                socket.getOutputStream().write(answer.get());
                if (header.packet() == Packet.OPEN && header.service() == EthernetHeader.EVENTS) {
                    tellers.add(teller);
                    teller.start();
                }
            }
        } catch (IOException gone) {
            // The client hung up, or said what is not the protocol. A switch tells nobody.
        } finally {
            tellers.removeIf(each -> each.isOf(socket));
            connections.remove(socket);
        }
    }

    private static EthernetHeader header(DataInputStream in) throws IOException {
        byte[] bytes = new byte[EthernetHeader.BYTES];
        in.readFully(bytes);
        if (EthernetHeader.decode(bytes) instanceof Decoded.Accepted<EthernetHeader> accepted) {
            return accepted.value();
        }
        throw new EOFException("not a header");
    }

    /** Empty when the connection is to end. */
    private Optional<byte[]> answer(EthernetHeader header, byte[] body) throws IOException {
        return switch (header.packet()) {
            case OPEN -> Optional.of(EthernetHeader.frame(Packet.ACCEPT, 0, 0, new byte[0], 0));
            case MRPC ->
                header.wantedOrCode() > MrpcCodec.MAX_ANSWER_BYTES
                        ? Optional.empty()
                        : mrpc(body, header.wantedOrCode()).map(answer -> frame(Packet.MRPC_ANSWER, answer));
            case GAS -> Optional.of(frame(Packet.GAS_ANSWER, gas(body)));
            case ACCEPT, REJECT, CLOSE, MRPC_ANSWER, EVENT, GAS_ANSWER -> Optional.empty();
        };
    }

    private static byte[] frame(Packet packet, byte[] body) {
        return EthernetHeader.frame(packet, 0, 0, body, 0);
    }

    private byte[] gas(byte[] body) {
        synchronized (model) {
            if (GasRead.decode(body) instanceof Decoded.Accepted<GasRead> accepted) {
                GasRead read = accepted.value();
                return coded(0, Arrays.copyOfRange(addressSpace.array(), read.offset(), read.offset() + read.bytes()));
            }
            if (GasWrite.decode(body) instanceof Decoded.Accepted<GasWrite> accepted
                    && events.write(accepted.value()) == EventRegisters.Written.DONE) {
                return coded(0, new byte[0]);
            }
        }
        return coded(MrpcError.ACCESS_REFUSED.code(), new byte[0]);
    }

    private Optional<byte[]> mrpc(byte[] body, int wanted) throws IOException {
        Decoded<MrpcCodec.Request> decoded = MrpcCodec.decodeRequest(body);
        if (decoded instanceof Decoded.Rejected<MrpcCodec.Request> rejected) {
            return Optional.of(coded(rejected.problem().answer().code(), new byte[wanted]));
        }
        MrpcCodec.Request request = ((Decoded.Accepted<MrpcCodec.Request>) decoded).value();
        if (!request.pax().equals(PaxId.LOCAL) && request.pax().value() != 0) {
            return Optional.of(coded(MrpcError.PARAMETER_INVALID.code(), new byte[wanted]));
        }
        MrpcCommand<?> command = request.command();
        Optional<SwitchtecFault> fault = faults.next(command.kind());
        return fault.isPresent()
                ? faulty(fault.get(), command, wanted)
                : Optional.of(answer(command, execute(command, Ending.AS_TOLD), wanted));
    }

    private Optional<byte[]> faulty(SwitchtecFault fault, MrpcCommand<?> command, int wanted) throws IOException {
        return switch (fault.fault()) {
            case DELAY -> {
                pause(fault.pause());
                yield Optional.of(answer(command, execute(command, Ending.AS_TOLD), wanted));
            }
            case HANG -> {
                pause(fault.pause());
                yield Optional.empty();
            }
            case FORGET -> {
                execute(command, Ending.AS_TOLD);
                yield Optional.empty();
            }
            case LATE -> {
                after(fault.pause(), () -> execute(command, Ending.AS_TOLD));
                yield Optional.empty();
            }
            case LIE ->
                Optional.of(answer(command, new SwitchtecModel(config()).handle(command, Ending.AS_TOLD, 0), wanted));
            case FAIL -> Optional.of(answer(command, execute(command, Ending.FAILS), wanted));
            case REFUSE -> Optional.of(answer(command, new Verdict.Refused(MrpcError.NO_THREAD), wanted));
            case SHORT -> Optional.of(answer(command, execute(command, Ending.AS_TOLD), Math.max(0, wanted - 1)));
        };
    }

    private Verdict execute(MrpcCommand<?> command, Ending ending) throws IOException {
        synchronized (model) {
            if (listening.isClosed()) {
                throw new EOFException("the switch is off");
            }
            Verdict verdict = model.handle(command, ending, nowMillis());
            keep();
            tellWhatHappened();
            if (command.kind().effect() == MrpcKind.Effect.CHANGES && !model.isStill()) {
                after(model.config().bindTime(), this::settle);
            }
            return verdict;
        }
    }

    private void settle() throws IOException {
        synchronized (model) {
            if (!listening.isClosed()) {
                model.settle(nowMillis());
                keep();
                tellWhatHappened();
            }
        }
    }

    /** Before the answer leaves: what was told to be done is still done after a restart. */
    private void keep() throws IOException {
        if (stateFile.isPresent()) {
            String text = model.config().text();
            if (!Files.exists(stateFile.get())
                    || !Files.readString(stateFile.get(), StandardCharsets.UTF_8)
                            .equals(text)) {
                DurableText.replace(stateFile.get(), text);
            }
        }
    }

    /** Work that may fail on the disk. */
    private interface Work {
        void run() throws IOException;
    }

    private void after(Duration pause, Work work) {
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> unlessOff(work));
    }

    /** Nobody waits for it, so a disk that fails is told to whoever watches the switch. */
    private void unlessOff(Work work) {
        try {
            if (!listening.isClosed()) {
                work.run();
            }
        } catch (IOException failed) {
            System.err.println("rackweave-lab: the state was not kept: " + failed.getMessage());
        }
    }

    private static byte[] answer(MrpcCommand<?> command, Verdict verdict, int wanted) {
        if (verdict instanceof Verdict.Done done) {
            return coded(0, MrpcCodec.encode(command, done.answer(), wanted));
        }
        return coded(((Verdict.Refused) verdict).error().code(), new byte[wanted]);
    }

    private static byte[] coded(int returnCode, byte[] data) {
        return ByteBuffer.allocate(Integer.BYTES + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(returnCode)
                .put(data)
                .array();
    }

    private static void pause(Duration pause) throws IOException {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while it waited", stopped);
        }
    }

    private static long nowMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
