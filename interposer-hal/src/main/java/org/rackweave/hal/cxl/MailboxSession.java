package org.rackweave.hal.cxl;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.rackweave.hal.mctp.Deadline;

/**
 * Commands by a mailbox, which answers where it was asked: there are no tags on the way, and no answer comes late. One that ran out
 * of time leaves nothing behind but a mailbox that is busy.
 */
final class MailboxSession implements FmSession {
    private static final int TAGS = 256;

    private final CciMailbox mailbox;
    private int nextTag;
    private int unanswered;
    private Optional<CciMessage> answer = Optional.empty();
    private Optional<SocketTimeoutException> late = Optional.empty();

    MailboxSession(CciMailbox mailbox) {
        this.mailbox = mailbox;
    }

    @Override
    public int send(FmRequest<?> request, Deadline deadline) throws IOException {
        int tag = nextTag;
        nextTag = (nextTag + 1) % TAGS;
        CciMessage asked = FmCodec.request(dialect(), tag, request);
        answer = Optional.empty();
        late = Optional.empty();
        try {
            CciMailbox.Answer given = mailbox.run(asked.opcode(), asked.payload(), deadline);
            answer = Optional.of(new CciMessage(
                    CciMessage.Category.RESPONSE,
                    tag,
                    asked.opcode(),
                    CciMessage.Background.NONE,
                    new ReturnCode(given.returnCode()),
                    given.vendorStatus(),
                    given.payload()));
        } catch (SocketTimeoutException notDone) {
            // Whoever waits for the answer is told: a command that began is not one that could not be sent.
            unanswered++;
            late = Optional.of(notDone);
        }
        return tag;
    }

    @Override
    public CciMessage receive(Deadline deadline) throws IOException {
        if (late.isPresent()) {
            throw late.get();
        }
        CciMessage given = answer.orElseThrow(() -> new SocketTimeoutException("the mailbox has nothing more to say"));
        answer = Optional.empty();
        return given;
    }

    @Override
    public Dialect dialect() {
        return Dialect.CXL3;
    }

    @Override
    public int unanswered() {
        return unanswered;
    }

    @Override
    public void close() {
        mailbox.close();
    }
}
