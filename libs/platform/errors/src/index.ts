export { ERROR_CATALOGUE, isErrorCode, type CatalogueEntry, type ErrorCategory, type ErrorCode } from './catalogue.ts';
export { classify, ERROR_CLASSES, type ErrorClass } from './classify.ts';
export { describeError } from './describe-error.ts';
export { renderErrorReference } from './error-reference.ts';
export { TandemError, type ErrorContext, type TandemErrorOptions } from './tandem-error.ts';
