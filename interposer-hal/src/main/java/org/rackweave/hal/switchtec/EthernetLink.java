package org.rackweave.hal.switchtec;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.wire.Decoded;
import org.rackweave.hal.switchtec.wire.EthernetHeader;
import org.rackweave.hal.switchtec.wire.EthernetHeader.Packet;
import org.rackweave.hal.switchtec.wire.GasRead;
import org.rackweave.hal.switchtec.wire.GasWrite;
import org.rackweave.hal.switchtec.wire.SwitchIdentity;

/**
 * A command connection to a switch's management port over TCP.
 *
 * <p>Each command is written with its header in one piece, and answered before the next. When an answer does not come whole and right within
 * the time-out, the connection is closed: nothing that comes later on it can be taken for something else. The switch may still carry the
 * command out; {@link #drain} therefore says {@link Drained#OPEN_ANEW}.
 */
public final class EthernetLink implements SwitchtecLink {
    private static final long NANOS_A_MILLI = 1_000_000;

    private final String device;
    private final Socket socket;
    private final int instance;
    private final Duration timeout;
    private final SwitchIdentity identity;
    private Optional<String> broken = Optional.empty();

    private EthernetLink(String device, Socket socket, int instance, Duration timeout) throws HalException {
        this.device = device;
        this.socket = socket;
        this.instance = instance;
        this.timeout = timeout;
        accept();
        this.identity = readIdentity();
    }

    /**
     * Connects, opens the command service, and asks who is there.
     *
     * @param address of the switch's management port
     * @param instance 0 to 255: which management endpoint, mostly 0
     * @param timeout of each step, at least a millisecond
     * @throws HalException.Unavailable when nobody answers, or not as a switch does; nothing was changed
     */
    public static EthernetLink open(InetSocketAddress address, int instance, Duration timeout) throws HalException {
        String device = address.getHostString() + ":" + instance;
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, Math.toIntExact(timeout.toMillis()));
            return new EthernetLink(device, socket, instance, timeout);
        } catch (IOException failed) {
            closeQuietly(socket);
            throw unavailable(device, "open", String.valueOf(failed.getMessage()));
        } catch (HalException failed) {
            closeQuietly(socket);
            throw failed;
        }
    }

    /** What the switch said of itself when the link was opened. */
    public SwitchIdentity identity() {
        return identity;
    }

    @Override
    public String device() {
        return device;
    }

    @Override
    public Exchange mrpc(byte[] command, int answerBytes) {
        return exchange(Packet.MRPC, command, answerBytes, Packet.MRPC_ANSWER);
    }

    @Override
    public Drained drain(Duration most) {
        return broken.isPresent() ? Drained.OPEN_ANEW : Drained.IDLE;
    }

    @Override
    public void close() {
        broken = Optional.of("the link was closed");
        closeQuietly(socket);
    }

    private void accept() throws HalException {
        try {
            socket.getOutputStream()
                    .write(EthernetHeader.frame(Packet.OPEN, instance, EthernetHeader.COMMANDS, new byte[0], 0));
            EthernetHeader header = header(deadline());
            if (header.packet() != Packet.ACCEPT || header.wantedOrCode() != 0 || header.bodyBytes() != 0) {
                throw unavailable(device, "open", "the switch answered " + header);
            }
        } catch (IOException failed) {
            throw unavailable(device, "open", String.valueOf(failed.getMessage()));
        }
    }

    private SwitchIdentity readIdentity() throws HalException {
        Decoded<SwitchIdentity> decoded =
                SwitchIdentity.decode(gas(SwitchIdentity.PARTITIONS), gas(SwitchIdentity.SYSTEM));
        if (decoded instanceof Decoded.Accepted<SwitchIdentity> accepted) {
            return accepted.value();
        }
        throw unavailable(device, "identify", decoded.toString());
    }

    /**
     * Reads from the switch's address space.
     *
     * @throws HalException.Unavailable when there is no answer to believe; nothing was changed
     */
    byte[] read(GasRead read) throws HalException {
        Exchange exchange = exchange(Packet.GAS, read.encode(), read.bytes(), Packet.GAS_ANSWER);
        if (exchange instanceof Exchange.Answered answered && answered.returnCode() == 0) {
            return answered.data();
        }
        throw unavailable(device, "read register 0x" + Integer.toHexString(read.offset()), exchange.toString());
    }

    /**
     * Writes a word to the switch's address space.
     *
     * @throws HalException.OutcomeUnknown when the switch does not say that it was done
     */
    void write(GasWrite write) throws HalException {
        Exchange exchange = exchange(Packet.GAS, write.encode(), 0, Packet.GAS_ANSWER);
        if (!(exchange instanceof Exchange.Answered answered) || answered.returnCode() != 0) {
            throw new HalException.OutcomeUnknown(
                    device,
                    "write register 0x" + Integer.toHexString(write.offset()),
                    exchange.toString(),
                    "read the register");
        }
    }

    private byte[] gas(GasRead read) throws HalException {
        Exchange exchange = exchange(Packet.GAS, read.encode(), read.bytes(), Packet.GAS_ANSWER);
        if (exchange instanceof Exchange.Answered answered && answered.returnCode() == 0) {
            return answered.data();
        }
        throw unavailable(device, "identify", exchange.toString());
    }

    private Exchange exchange(Packet packet, byte[] body, int wanted, Packet expected) {
        if (broken.isPresent()) {
            return new Exchange.NotSent(broken.get() + "; open it anew");
        }
        try {
            if (socket.getInputStream().available() > 0) {
                // Answers carry no number, so this one would be taken for the answer to what is about to be sent.
                lost("the switch sent what nobody asked for");
                return new Exchange.NotSent(broken.get() + "; open it anew");
            }
            int told = packet == Packet.MRPC ? wanted : 0;
            socket.getOutputStream().write(EthernetHeader.frame(packet, instance, EthernetHeader.COMMANDS, body, told));
            return answer(expected, wanted, deadline());
        } catch (SocketTimeoutException late) {
            return lost("no whole answer within " + timeout.toMillis() + " ms");
        } catch (IOException failed) {
            return lost(String.valueOf(failed.getMessage()));
        }
    }

    private Exchange answer(Packet expected, int wanted, long deadlineNanos) throws IOException {
        EthernetHeader header = header(deadlineNanos);
        if (header.packet() != expected || header.bodyBytes() != Integer.BYTES + wanted) {
            throw new IOException(
                    "expected " + expected + " with " + (Integer.BYTES + wanted) + " bytes, got " + header);
        }
        byte[] body = read(header.bodyBytes(), deadlineNanos);
        return new Exchange.Answered(
                ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(),
                Arrays.copyOfRange(body, Integer.BYTES, body.length));
    }

    private EthernetHeader header(long deadlineNanos) throws IOException {
        Decoded<EthernetHeader> decoded = EthernetHeader.decode(read(EthernetHeader.BYTES, deadlineNanos));
        if (decoded instanceof Decoded.Accepted<EthernetHeader> accepted) {
            return accepted.value();
        }
        throw new IOException("the header of the answer cannot be: " + decoded);
    }

    /** Against one deadline for all of it: a peer that sends a byte a second must not be waited for byte by byte. */
    private byte[] read(int count, long deadlineNanos) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[count];
        int have = 0;
        while (have < count) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / NANOS_A_MILLI;
            if (leftMillis <= 0) {
                throw new SocketTimeoutException("after " + have + " of " + count + " bytes");
            }
            socket.setSoTimeout(Math.toIntExact(leftMillis));
            int more = in.read(bytes, have, count - have);
            if (more < 0) {
                throw new IOException("the switch closed the connection after " + have + " of " + count + " bytes");
            }
            have += more;
        }
        return bytes;
    }

    private long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    private Exchange lost(String seen) {
        broken = Optional.of("the link was closed because an answer was lost (" + seen + ")");
        closeQuietly(socket);
        return new Exchange.Lost(seen);
    }

    private static HalException unavailable(String device, String operation, String seen) {
        return new HalException.Unavailable(
                device,
                operation,
                seen,
                "check address, cabling, and that the switch's management port is on; nothing was changed");
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // There is nobody left to tell, and nothing left to do about it.
        }
    }
}
