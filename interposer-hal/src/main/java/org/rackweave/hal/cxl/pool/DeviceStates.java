package org.rackweave.hal.cxl.pool;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.rackweave.hal.DeviceState;
import org.rackweave.hal.HalException;
import org.rackweave.hal.cxl.FirmwareInfo;
import org.rackweave.hal.cxl.FmClient;
import org.rackweave.hal.cxl.FmRequest;
import org.rackweave.hal.cxl.FmResponse;
import org.rackweave.hal.cxl.Opcode;
import org.rackweave.hal.cxl.Outcome;
import org.rackweave.hal.cxl.SecurityState;

/**
 * Asks the devices behind a switch for their firmware and their locks. A device that did not answer such a question when it was first
 * asked is not asked it again: a known peer lets each one run into its time-out.
 */
final class DeviceStates {
    private final FmClient client;
    private final Set<Question> told = new HashSet<>();
    private final Set<Question> untold = new HashSet<>();

    /** What is asked of whom; the number of a logical device is -1 where the device itself is asked. */
    private record Question(Opcode opcode, int port, int logicalDevice) {}

    DeviceStates(FmClient client) {
        this.client = client;
    }

    /** @param logicalDevice whose locks are asked for; empty: nobody's */
    DeviceState of(SwitchCall path, int port, OptionalInt logicalDevice) throws HalException {
        Optional<String> firmware =
                ask(path, new FirmwareInfo.Request(), port, -1).flatMap(FirmwareInfo.Response::text);
        Optional<String> lockState = logicalDevice.isPresent()
                ? ask(path, new SecurityState.Request(), port, logicalDevice.getAsInt())
                        .map(SecurityState.Response::text)
                : Optional.empty();
        return new DeviceState(lockState, firmware);
    }

    private <R extends FmResponse> Optional<R> ask(SwitchCall path, FmRequest<R> request, int port, int logicalDevice)
            throws HalException {
        Question question = new Question(request.opcode(), port, logicalDevice);
        if (untold.contains(question)) {
            return Optional.empty();
        }
        Optional<R> answer = path.told(() -> send(request, port, logicalDevice));
        if (answer.isPresent()) {
            told.add(question);
        } else if (!told.contains(question)) {
            untold.add(question);
        }
        return answer;
    }

    private <R extends FmResponse> Outcome<R> send(FmRequest<R> request, int port, int logicalDevice) {
        return logicalDevice < 0
                ? client.callThrough(port, request)
                : client.callLogicalDevice(port, logicalDevice, request);
    }
}
