import { describeReaders } from "./test-support/describe-readers.ts";

describeReaders({ seconds: 120, readers: 8, guests: 4 });
