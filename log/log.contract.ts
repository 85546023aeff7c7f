import { type LogFixture, sentencesOn } from './contract-fixture.ts'
import { appendContract } from './log.contract.append.ts'
import { closingContract } from './log.contract.closing.ts'
import { sinksContract } from './log.contract.sinks.ts'
import { tailContract } from './log.contract.tail.ts'
import { topicsContract } from './log.contract.topics.ts'
import { transactorContract } from './log.contract.transactor.ts'

/** The behaviour that every engine of the log has in common. It waits for events, takes unique names, and expects no dense offsets. */
export const logContract = (name: string, openFixture: () => Promise<LogFixture>): void => {
  const sentence = sentencesOn(openFixture)
  topicsContract(name, sentence)
  appendContract(name, sentence)
  tailContract(name, sentence)
  sinksContract(name, sentence)
  transactorContract(name, sentence)
  closingContract(name, sentence)
}
