package org.rackweave.hal.switchtec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.rackweave.hal.HalException;

/**
 * A switch through the kernel's driver.
 *
 * <p>When an answer does not come in time, the driver still waits for it, and so does the switch: nothing else is written until {@link
 * #drain} has taken and thrown away what was owed.
 */
public final class DeviceLink implements SwitchtecLink {
    private final MrpcFile file;
    private final Duration timeout;
    private Owed owed = Owed.NOTHING;

    /** What the driver still has to give. */
    private enum Owed {
        NOTHING,
        AN_ANSWER,
        /** The file is in a state that only closing ends. */
        UNKNOWN
    }

    /**
     * A link over an open file, which it closes.
     *
     * @param timeout of one command, until its answer is there
     */
    public DeviceLink(MrpcFile file, Duration timeout) {
        this.file = file;
        this.timeout = timeout;
    }

    @Override
    public String device() {
        return file.path();
    }

    @Override
    public Exchange mrpc(byte[] command, int answerBytes) {
        Optional<String> reason = notReady();
        if (reason.isPresent()) {
            return new Exchange.NotSent(reason.get());
        }
        try {
            file.write(command);
        } catch (HalException failed) {
            return failed instanceof HalException.OutcomeUnknown ? lost(failed) : new Exchange.NotSent(told(failed));
        }
        return answer(Integer.BYTES + answerBytes);
    }

    @Override
    public Drained drain(Duration most) {
        return switch (owed) {
            case NOTHING -> Drained.IDLE;
            case UNKNOWN -> Drained.OPEN_ANEW;
            case AN_ANSWER -> takeWhatIsOwed(most);
        };
    }

    @Override
    public void close() {
        owed = Owed.UNKNOWN;
        file.close();
    }

    private Exchange answer(int bytes) {
        owed = Owed.AN_ANSWER;
        try {
            if (file.await(timeout) == MrpcFile.Ready.NOT_YET) {
                return new Exchange.Lost("no answer within " + timeout.toMillis() + " ms");
            }
            byte[] answer = file.read(bytes);
            owed = Owed.NOTHING;
            return new Exchange.Answered(
                    ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getInt(),
                    Arrays.copyOfRange(answer, Integer.BYTES, answer.length));
        } catch (HalException failed) {
            return lost(failed);
        }
    }

    private Drained takeWhatIsOwed(Duration most) {
        try {
            if (file.await(most) == MrpcFile.Ready.NOT_YET) {
                return Drained.STILL_BUSY;
            }
            file.read(Integer.BYTES);
            owed = Owed.NOTHING;
            return Drained.IDLE;
        } catch (HalException failed) {
            owed = Owed.UNKNOWN;
            return Drained.OPEN_ANEW;
        }
    }

    private Optional<String> notReady() {
        return switch (owed) {
            case NOTHING -> Optional.empty();
            case AN_ANSWER -> Optional.of("an earlier command has not been answered; drain the link first");
            case UNKNOWN -> Optional.of("the link was closed, or failed; open it anew");
        };
    }

    private Exchange lost(HalException failed) {
        owed = Owed.UNKNOWN;
        return new Exchange.Lost(told(failed));
    }

    private static String told(HalException failed) {
        return String.valueOf(failed.getMessage());
    }
}
